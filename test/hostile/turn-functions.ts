// What a process without threads of its own does for one request, over the example places and notes that name them.
import { detectLanguage } from '../../lib/analyzers/index.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { NoteIndex } from '../../lib/note-index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { exampleRecords } from '../support/example-places.ts';
import type { Counted } from '../support/steps.ts';

const records = exampleRecords();
const places = new PlaceIndex(embedded({ dataDir: ':memory:', threads: 0 }));
await places.rebuild(records);
const notes = new NoteIndex(embedded({ dataDir: ':memory:', threads: 0 }));
const names = records.map(({ names }) => names[0]!.text);
await notes.put(
  Array.from({ length: 400 }, (_, i) => ({
    id: `note-${i}`,
    title: names[i % names.length]!,
    body: Array.from({ length: 60 }, (_, n) => names[(i * 31 + n * n) % names.length]!).join('、'),
  })),
);

const functions: Counted = {
  suggest: (text) => places.suggest(text, { limit: 100, explain: true }),
  search: (text) => places.search(text, { limit: 100, explain: true }),
  detect: (text) => detectLanguage(text),
  notes: (text) => notes.search(text, { limit: 100 }),
};
// Dictionaries and tables are made at first use.
for (const work of Object.values(functions))
  for (const text of ['中山 駅', 'taipei']) await work(text);

export default functions;
