import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { tempFolder } from './folders.ts';
import { start } from './processes.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A fenced block of a page: a file with its name, or commands (`$ `), each with what it prints. */
export interface Block {
  language: string;
  name: string;
  body: string;
}

/** A page of docs whose commands are typed in an empty folder, in order. */
export interface TypedPage {
  /** Blocks of commands with no other name than this one. */
  commands(name?: string): Block[];
  block(name: string): Block;
  folder: string;
  /** A text of the page with the addresses of here. */
  here(stated: string): string;
  /** Types a block, and compares what is printed; WALKTHROUGH=write puts it into the page instead. */
  compare(block: Block): Promise<void>;
}

/** Seconds, times of day and the version of SQLite differ from machine to machine. */
function masked(printed: string): string {
  return printed
    .replace(/\d+(\.\d+)? s\b/g, '# s')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '#time')
    .replace(/SQLite [\d.]+/g, 'SQLite #');
}

/**
 * @param packages - What the page has its reader install, and what comes with that.
 * @param addresses - Of the page, and what they are here.
 */
export function typedPage(
  page: string,
  packages: readonly string[],
  addresses: ReadonlyMap<string, string> = new Map(),
): TypedPage {
  const path = `${root}docs/${page}`;
  const text = readFileSync(path, 'utf8');
  const blocks = Array.from(
    text.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm),
    ([, language = '', name = '', body = '']) => ({ language, name, body }),
  );
  const printed = new Map<Block, string>();
  let env: NodeJS.ProcessEnv;
  const typed: TypedPage = {
    folder: '',
    commands: (name = '') =>
      blocks.filter((block) => block.language === 'console' && block.name === name),
    block: (name) => blocks.find((block) => block.name === name)!,
    here(stated) {
      let result = stated;
      for (const [address, real] of addresses) result = result.replaceAll(address, real);
      return result;
    },
    async compare(block) {
      let now = '';
      for (const line of block.body.split('\n').filter((each) => each.startsWith('$ '))) {
        const command = line.slice(2);
        now += `${line}\n`;
        now += command.endsWith(' &') ? await begin(command.slice(0, -2)) : run(command);
      }
      if (process.env['WALKTHROUGH'] === 'write') printed.set(block, now);
      else expect(masked(now)).to.equal(masked(block.body));
    },
  };

  before(() => {
    typed.folder = tempFolder();
    const { folder } = typed;
    env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}` };
    for (const name of packages) link(join(root, 'node_modules', name), name);
    link(root, 'suoyin');
    writeFileSync(join(folder, 'package.json'), '{"name": "try-suoyin"}');
    mkdirSync(join(folder, 'bin'));
    // As the npx of a folder where suoyin is installed, without a look at the registry.
    const npx = `#!/bin/sh\nshift\nexec '${process.execPath}' '${root}dist/cli/main.js' "$@"\n`;
    writeFileSync(join(folder, 'bin/npx'), npx, { mode: 0o755 });
    for (const { name, body } of blocks) {
      if (name.includes('.')) writeFileSync(join(folder, name), typed.here(body));
    }
  });

  after(() => {
    // WALKTHROUGH=write puts what is printed now into the page.
    if (printed.size === 0) return;
    let result = readFileSync(path, 'utf8');
    for (const [{ body }, now] of printed) result = result.replace(body, () => now);
    writeFileSync(path, result);
  });

  function link(target: string, name: string): void {
    const from = join(typed.folder, 'node_modules', name);
    mkdirSync(dirname(from), { recursive: true });
    symlinkSync(target, from);
  }

  /** What a command says on both outputs, but for the progress of it. */
  function run(command: string): string {
    const options = { cwd: typed.folder, encoding: 'utf8', env } as const;
    const { stdout } = spawnSync('sh', ['-c', `{ ${typed.here(command)}\n} 2>&1`], options);
    const lines = stdout.split('\n').filter((line) => line !== '' && !/^\w+ \d+% \| /.test(line));
    const here = (line: string): string =>
      line.replaceAll(`${typed.folder}/`, '').replaceAll(root, '');
    return lines.map((line) => `${here(line)}\n`).join('');
  }

  /** The first line of a command that goes on, which has `&` at its end in the page. */
  async function begin(command: string): Promise<string> {
    const child = start('sh', ['-c', `exec ${typed.here(command)} 2>&1`], {
      cwd: typed.folder,
      env,
      until: 'suite',
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    return String(said).replace(/:\d+(, .*):\d+/, ':8080$1:8081');
  }

  return typed;
}

/** The name of the test of a block. */
export const titleOf = ({ body }: Block): string => `prints what follows ${body.split('\n')[0]}`;
