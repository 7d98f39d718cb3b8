// A thread that searches the places and notes of a file; see place-threads.ts.
import { workerData } from 'node:worker_threads';
import { embedded } from '../engines/embedded/index.ts';
import { NoteIndex } from '../note-index.ts';
import { PlaceIndex } from '../place-index.ts';
import { answerPlaces } from './place-threads.ts';

const { dataDir, alias, notes } = workerData as { dataDir: string; alias: string; notes: string };
const engine = embedded({ dataDir, readOnly: true, threads: 0 });

answerPlaces(
  {
    places: new PlaceIndex(engine, { alias }),
    notes: new NoteIndex(engine, { alias: notes }),
    engine,
  },
  () => engine.close(),
);
