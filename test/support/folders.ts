import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { giveBack } from './lifetime.ts';

/** A new empty folder, removed when the test or suite ends. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'suoyin-test-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  giveBack(remove, { atExit: remove });
  return folder;
}
