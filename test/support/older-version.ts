import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import type { Suite } from 'mocha';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as newer from '../../lib/index.ts';
import type { Product, TestClient } from './clusters.ts';

/** The checkout, and so the folder of the newer one. */
export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));
/** The suoyin of 29 November 2026, before the layout and schema of today's were last worked on. */
const COMMIT = '3887b132c32e7f64e5a13e87dec876d35097a46e';

/** What tests use of either version. */
export type Suoyin = typeof newer;

/**
 * An earlier suoyin out of the repository's history. Not a fixture: how it writes into what the newer one made can only
 * be seen by running it. Where there is no such history, as in a packed file, the tests are skipped with the reason; in CI they fail.
 *
 * @returns Set when the first test runs.
 */
export function olderVersion(suite: Suite): { older: Suoyin; folder: string } {
  const found = { older: null as unknown as Suoyin, folder: '' };
  suite.beforeAll(async function () {
    const folder = `${ROOT}/.cache/older/${COMMIT}`;
    if (!existsSync(folder) && !unpack(folder)) {
      const reason = `commit ${COMMIT} is not in the history of this checkout`;
      if (process.env['CI']) throw new Error(`CI needs the older version: ${reason}`);
      console.log(`    skipped: ${reason}`);
      this.skip();
    }
    found.folder = folder;
    found.older = (await import(pathToFileURL(`${folder}/lib/index.ts`).href)) as Suoyin;
  });
  return found;
}

/** The engine of a version for a cluster. */
export function engineOf(suoyin: Suoyin, product: Product, client: TestClient): newer.Engine {
  const make = product.name === 'opensearch' ? suoyin.opensearch : suoyin.elasticsearch;
  return make({ client });
}

function unpack(folder: string): boolean {
  const parts = ['lib', 'mappings', 'package.json'];
  const git = [
    '-c',
    `safe.directory=${ROOT.replace(/[/]$/, '')}`,
    'archive',
    '--format=tar',
    COMMIT,
    ...parts,
  ];
  const { status, stdout } = spawnSync('git', git, { cwd: ROOT, maxBuffer: 1e8 });
  if (status !== 0) return false;
  const whole = `${folder}.${process.pid}`;
  mkdirSync(whole, { recursive: true });
  const tar = spawnSync('tar', ['-x', '-C', whole], { input: stdout });
  if (tar.status !== 0) throw new Error(`tar: ${tar.stderr.toString()}`);
  renameSync(whole, folder);
  return true;
}
