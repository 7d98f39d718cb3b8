import type { ChildProcess } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { fold } from '../../lib/analyzers/fold.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { startCli } from '../support/processes.ts';
import { tempFolder } from '../support/folders.ts';
import { until } from '../support/polling.ts';
import { printedRandom } from '../support/seed.ts';

const KILLS = 20;
const PLACES = 3000;

/** Characters that are no form of each other: names that differ by a form alone are listed once. */
function differentCharacters(count: number): string[] {
  const byKey = new Map<string, string>();
  for (let code = 0x4e00; byKey.size < count; code++) {
    const character = String.fromCodePoint(code);
    const key = fold(character);
    if (!byKey.has(key)) byKey.set(key, character);
  }
  return [...byKey.values()];
}

/** A source of one version: every name ends in the version's character. */
function sourceOf(version: string): string {
  const lines = differentCharacters(PLACES).map((character, i) => {
    const name = `山${character}${version}`;
    return JSON.stringify({ id: `p${i}`, name, kind: 'poi', country: 'TW' });
  });
  return `${lines.join('\n')}\n`;
}

describe('a rebuild that is killed', function () {
  this.timeout(600_000);
  let dataDir: string;
  before(() => {
    dataDir = tempFolder();
  });

  const run = (file: string): ChildProcess =>
    startCli(['index-rebuild', 'places', '--source', file, '--data', dataDir]);
  const exit = (child: ChildProcess): Promise<number | null> =>
    new Promise((resolve) => child.once('exit', resolve));

  /** Bytes that a process has written, to files and outputs; where the system does not say, those of the database. */
  const written = ({ pid }: ChildProcess): number => {
    try {
      return Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))![1]);
    } catch {
      const files = ['suoyin.db', 'suoyin.db-wal'].map((name) => join(dataDir, name));
      const sizes = files.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
      return sizes.reduce((sum, size) => sum + size, 0);
    }
  };
  const untilItHas = (child: ChildProcess, holds: () => boolean): Promise<void> =>
    until(() => child.exitCode !== null || holds());

  /** The version that answers, after looking at every document and at answers. */
  async function completeVersion(): Promise<string> {
    const engine = embedded({ dataDir, readOnly: true });
    const index = new PlaceIndex(engine, { dataDir });
    const versions = new Set<string>();
    let count = 0;
    for await (const { names } of engine.scan('places')) {
      versions.add(names[0]!.text.slice(-1));
      count += 1;
    }
    const found = await index.suggest('山', { language: 'zh-Hant', limit: 100 });
    for (const { name } of found) versions.add(name.slice(-1));
    await index.close();
    expect([count, versions.size, found.length]).to.deep.equal([PLACES, 1, 100]);
    return [...versions][0]!;
  }

  it(`leaves the old or the new generation complete, ${KILLS} times at random moments`, async () => {
    const files = ['甲', '乙'].map((version) => {
      const file = join(dataDir, `${version}.jsonl`);
      writeFileSync(file, sourceOf(version));
      return file;
    });
    // The moment is how much has been written: that waits for a loaded machine, as a clock does not.
    let whole = 0;
    const first = run(files[0]!);
    await untilItHas(first, () => {
      whole = Math.max(whole, written(first));
      return false;
    });
    expect([first.exitCode, await completeVersion()]).to.deep.equal([0, '甲']);

    const random = printedRandom();
    let killed = 0;
    for (let round = 1; round <= KILLS; round++) {
      const moment = Math.floor(whole * random());
      const child = run(files[round % 2]!);
      const ended = exit(child);
      await untilItHas(child, () => written(child) >= moment);
      if (child.exitCode === null && child.kill('SIGKILL')) killed += 1;
      await ended;
      const when = `round ${round}, ${moment} of ${whole} bytes written`;
      expect(['甲', '乙'], when).to.include(await completeVersion());
    }
    expect(killed).to.be.greaterThan(KILLS / 4);

    expect(await exit(run(files[1]!))).to.equal(0);
    expect(await completeVersion()).to.equal('乙');
    const index = new PlaceIndex(embedded({ dataDir }), { dataDir });
    await index.gc({ keep: 0 });
    const { generations, live, rebuilding } = await index.status();
    await index.close();
    expect(generations.map((g) => g.name)).to.deep.equal([live]);
    expect(rebuilding).to.equal(null);
  });

  it('leaves the old generation on SIGINT and says so by its exit code', async () => {
    const before = await completeVersion();
    const file = join(dataDir, '丙.jsonl');
    writeFileSync(file, sourceOf('丙'));
    const child = run(file);
    const ended = exit(child);
    await new Promise((resolve) => child.stderr!.once('data', resolve));
    child.kill('SIGINT');
    expect(await ended).to.equal(8);
    expect(await completeVersion()).to.equal(before);
  });
});
