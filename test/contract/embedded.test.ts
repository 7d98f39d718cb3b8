import { embedded } from '../../lib/engines/embedded/index.ts';
import { discardContract } from './discard.contract.ts';
import { engineContract } from './engine.contract.ts';
import { featuresContract } from './features.contract.ts';
import { imageIndexContract } from './image-index.contract.ts';
import { imagesContract } from './images.contract.ts';
import { ingestContract } from './ingest.contract.ts';
import { liveWritesContract } from './live-writes.contract.ts';
import { notesContract } from './notes.contract.ts';
import { resumeContract } from './resume.contract.ts';
import { searchContract } from './search.contract.ts';
import { tempFolder } from '../support/folders.ts';

describe('engine contract: embedded, in memory', () => {
  engineContract(() => embedded({ dataDir: ':memory:' }));
});

describe('engine contract: embedded, in a file', () => {
  engineContract(() => embedded({ dataDir: tempFolder() }));
});

describe('a rebuild that was cut off: embedded', () => {
  resumeContract(() => embedded({ dataDir: ':memory:' }));
});

describe('generations that are dropped: embedded', () => {
  discardContract(() => embedded({ dataDir: ':memory:' }));
});

describe('writes while a rebuild runs: embedded', () => {
  liveWritesContract(() => embedded({ dataDir: ':memory:' }));
});

describe('features: embedded', () => {
  featuresContract(() => embedded({ dataDir: ':memory:' }), { shared: false });
});

describe('pictures: embedded', () => {
  imagesContract(() => embedded({ dataDir: ':memory:' }));
});

describe('an image index: embedded', () => {
  imageIndexContract(() => embedded({ dataDir: ':memory:' }));
});

describe('queue of pictures: embedded', () => {
  ingestContract(() => embedded({ dataDir: ':memory:' }));
});

describe('text search: embedded', () => {
  searchContract(() => embedded({ dataDir: ':memory:' }));
});

describe('notes: embedded', () => {
  notesContract(() => embedded({ dataDir: ':memory:' }));
});
