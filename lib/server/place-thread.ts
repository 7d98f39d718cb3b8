// A thread that searches the places of a file; see place-threads.ts.
import { workerData } from 'node:worker_threads';
import { embedded } from '../engines/embedded/index.ts';
import { PlaceIndex } from '../place-index.ts';
import { answerPlaces } from './place-threads.ts';

const { dataDir, alias } = workerData as { dataDir: string; alias: string };
const places = new PlaceIndex(embedded({ dataDir, readOnly: true, threads: 0 }), { alias });

answerPlaces(places, () => places.close());
