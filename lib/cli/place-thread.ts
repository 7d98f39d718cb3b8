// A thread that searches places and notes for `suoyin serve`, on whichever engine its options name.
import process from 'node:process';
import { Writable } from 'node:stream';
import { workerData } from 'node:worker_threads';
import { NoteIndex } from '../note-index.ts';
import { answerPlaces } from '../server/place-threads.ts';
import { openIndex } from './engine-options.ts';
import type { Io } from './io.ts';

const { flags, notes } = workerData as {
  flags: Readonly<Record<string, unknown>>;
  notes: string;
};
const nowhere = new Writable({
  write(_chunk, _encoding, done) {
    done();
  },
});
const io: Io = {
  stdin: null,
  // The command itself prints everything.
  stdout: nowhere,
  stderr: nowhere,
  env: process.env,
  onInterrupt: () => new AbortController().signal,
  color: false,
  debug: false,
};
const { index, engine, close } = await openIndex(flags, io, { to: 'read' });

answerPlaces({ places: index, notes: new NoteIndex(engine, { alias: notes }), engine }, close);
