import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { giveBack } from '../support/lifetime.ts';
import { until } from '../support/polling.ts';
import { endOf, startScript } from '../support/processes.ts';

const MAIN = fileURLToPath(new URL('../../lib/cli/main.ts', import.meta.url));

describe('suoyin demo', () => {
  it('serves what is packed, page included, and leaves nothing behind', async () => {
    const before = demoFolders();
    const args = ['--import', 'tsx', MAIN, 'demo', '--no-open'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    giveBack(() => child.kill('SIGKILL'));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let text = '';
    const url = await new Promise<string>((resolve, reject) => {
      child.once('exit', () => reject(new Error(text)));
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (part: Buffer) => {
          text += part.toString();
          const found = /suoyin serves (\S+), health/.exec(text);
          if (found) resolve(found[1]!);
        });
      }
    });
    /** Asks again where the machine is too busy. */
    const get = async (path: string, init: RequestInit = {}): Promise<Record<string, object[]>> => {
      for (;;) {
        const response = await fetch(url + path, init);
        if (response.status !== 503) return (await response.json()) as Record<string, object[]>;
      }
    };
    const { suggestions } = await get('/suggest?q=banq&language=zh-Hant');
    expect(suggestions?.[0]).to.include({ label: '板橋, 新北市, 台灣' });
    const { notes } = await get('/notes?q=清水寺');
    expect(notes?.map((note) => (note as { id: string }).id)).to.include('kyoto-two-days');
    const { images } = await get('/images');
    expect(images).to.have.length(7);
    const like = await get('/similar?id=boats-brighter.webp', { method: 'POST' });
    expect(like['images']?.[0]).to.include({ id: 'boats.webp', rule: 'near-hash' });
    expect(await (await fetch(url)).text()).to.include('<suoyin-search');
    child.kill('SIGTERM');
    expect(await ended).to.equal(0);
    expect(demoFolders()).to.deep.equal(before);
  });

  it('leaves nothing behind where it is ended while it still indexes', async () => {
    const before = demoFolders();
    const child = startScript(MAIN, ['demo', '--no-open']);
    const ended = endOf(child);
    await until(() => demoFolders().length > before.length);
    child.kill('SIGINT');
    expect((await ended).code).to.equal(0);
    expect(demoFolders()).to.deep.equal(before);
  });
});

function demoFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('suoyin-demo-'));
}
