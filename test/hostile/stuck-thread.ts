// A thread over a real index that some texts keep busy for ever, as a fault of ours might.
import { workerData } from 'node:worker_threads';
import { loadChinese } from '../../lib/analyzers/chinese.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { NoteIndex } from '../../lib/note-index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { answerPlaces } from '../../lib/server/place-threads.ts';

const { dataDir } = workerData as { dataDir: string };
const engine = embedded({ dataDir, readOnly: true, threads: 0 });
const places = new PlaceIndex(engine);

answerPlaces(
  {
    places: {
      async suggest(text, options) {
        if (text === 'spin') for (;;);
        if (text === 'cut') {
          const { cut } = await loadChinese({ prefer: '@node-rs/jieba' });
          for (;;) cut('清水寺');
        }
        return places.suggest(text, options);
      },
      search: (text, options) => places.search(text, options),
      get: (id) => places.get(id),
    },
    notes: new NoteIndex(engine),
    engine,
  },
  () => engine.close(),
);
