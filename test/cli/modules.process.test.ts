import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { COMMANDS } from '../../lib/cli/commands.ts';
import { loadCommands } from '../../lib/cli/load-commands.ts';
import { tempFolder } from '../support/folders.ts';
import { endOf, startCli } from '../support/processes.ts';

/** Paths of what a command loads of this project, from `lib/` on. */
async function modulesOf(args: readonly string[]): Promise<string[]> {
  const folder = tempFolder();
  // Node notes every script that ran there.
  const env = { ...process.env, NODE_V8_COVERAGE: folder };
  await endOf(startCli(args, { env, cwd: tempFolder() }));
  const scripts = new Set<string>();
  for (const file of readdirSync(folder)) {
    const { result } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      result: { url: string }[];
    };
    for (const { url } of result) {
      const path = /\/(lib\/[^?]+\.ts)/.exec(url)?.[1];
      if (path !== undefined && !url.includes('node_modules')) scripts.add(path);
    }
  }
  return [...scripts];
}

describe('modules that a command loads', () => {
  it('are those that it needs', async () => {
    const version = await modulesOf(['--version']);
    expect(version).to.include('lib/cli/main.ts');
    expect(version.length, version.join('\n')).to.be.at.most(12);
    const status = await modulesOf(['status']);
    const foreign = status.filter((path) => path.startsWith('lib/server/'));
    expect(foreign).to.deep.equal([]);
    const all = await modulesOf(['--help']);
    expect(status.length).to.be.below(0.85 * all.length);
  });
});

describe('loadCommands', () => {
  it('loads the command that is named, and all where none is', async () => {
    const namesFor = async (args: readonly string[]): Promise<string[]> =>
      (await loadCommands(args)).map(({ name }) => name);
    const all = COMMANDS.map(({ name }) => name);
    for (const name of all) expect(await namesFor([name, '--help'])).to.deep.equal([name]);
    for (const args of [[], ['--help'], ['help', 'status'], ['statsu'], ['--version', 'x']]) {
      expect(await namesFor(args)).to.deep.equal(all);
    }
    expect(await loadCommands(['--version'])).to.deep.equal([]);
  });
});
