import { join } from 'node:path';

import { embedded } from '../../lib/engines/embedded/index.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { shareRun } from './shared-run.ts';

/** RUN_URLS=2000 for the whole of it. */
const URLS = Number(process.env['RUN_URLS'] ?? 560);

describe('a run that several processes share, embedded', () => {
  it(`takes ${URLS} URLs in once each, whatever they answer, and its totals add up after two deaths`, async () => {
    const data = join(tempFolder(), 'data');
    const engine = closeAtEnd(embedded({ dataDir: data }));
    await shareRun(engine, () => ['--data', data], URLS);
  });
});
