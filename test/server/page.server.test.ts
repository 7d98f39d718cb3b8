import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { thumbnailStore } from '../../lib/ingest/stores/thumbnails.ts';
import { ANSWER_SCHEMAS } from '../../lib/server/answer-schemas.ts';
import { pageHandler } from '../../lib/server/page/page.ts';
import { shownText } from '../../lib/shown-text.ts';
import { serve } from '../support/servers.ts';
import { tempFolder } from '../support/folders.ts';
import { anyString } from '../support/any-text.ts';

const ELEMENT = fileURLToPath(new URL('../../lib/element/', import.meta.url));
const FOLDER = fileURLToPath(new URL('../../lib/server/page/', import.meta.url));
const HASH = 'ab'.repeat(32);

describe('pageHandler', () => {
  let url: string;

  before(async () => {
    const thumbnails = thumbnailStore(tempFolder(), {
      thumbnail: () => Promise.resolve(Buffer.from('small')),
    });
    await thumbnails.write(HASH, Buffer.from('large'));
    url = (await serve(pageHandler({ thumbnails }))).origin;
  });

  it('serves a page that runs nothing inline and asks nobody else', async () => {
    const response = await fetch(`${url}/`);
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.equal('text/html; charset=utf-8');
    const policy = response.headers.get('content-security-policy')!.split('; ');
    expect(policy).to.include.members([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
    ]);
    const html = await response.text();
    expect(html).not.to.match(/<style|\son\w+=|\sstyle=|https?:\/\//);
    expect(html.match(/<script[^>]*>/g)).to.deep.equal([
      '<script type="module" src="page/main.js">',
    ]);
  });

  it('shows what is hidden in a name as every other output does', async () => {
    const { shownText: onPage } = (await import(`${ELEMENT}shown-text.js`)) as {
      shownText: typeof shownText;
    };
    const hidden = [
      '\u202e',
      '\u0000',
      '\n',
      '\u200d',
      '\ufe0f',
      '\u{e0100}',
      '\u{e0041}',
      '\ud800',
    ];
    const part = fc.oneof(
      fc.constantFrom('葛', '城', '👨', '👧', '👍🏽', 'a', ...hidden),
      anyString(),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        expect(onPage(parts.join(''))).to.equal(shownText(parts.join('')));
      }),
    );
  });

  it('serves every file of its folder, as the page asks for it', async () => {
    const names = readdirSync(FOLDER).filter((name) => !/\.ts$|^page\.html$/.test(name));
    expect(names).to.include.members(['main.js', 'page.css', 'texts-ja.js']);
    for (const name of names) {
      const response = await fetch(`${url}/page/${name}`);
      expect([name, response.status]).to.deep.equal([name, 200]);
      expect(await response.text()).to.equal(readFileSync(join(FOLDER, name), 'utf8'));
    }
    for (const name of readdirSync(ELEMENT).filter((each) => each.endsWith('.js'))) {
      const response = await fetch(`${url}/element/${name}`);
      expect([name, response.status]).to.deep.equal([name, 200]);
    }
  });

  it('answers 304 to who has a file already, and nothing but headers to HEAD', async () => {
    const first = await fetch(`${url}/page/main.js`);
    const tag = first.headers.get('etag')!;
    const again = await fetch(`${url}/page/main.js`, { headers: { 'if-none-match': tag } });
    expect(again.status).to.equal(304);
    const head = await fetch(`${url}/page/main.js`, { method: 'HEAD' });
    expect(head.headers.get('content-length')).to.equal(first.headers.get('content-length'));
    expect(await head.text()).to.equal('');
  });

  it('serves thumbnails by the hash of their picture', async () => {
    const response = await fetch(`${url}/thumbnails/${HASH}`);
    expect(response.headers.get('content-type')).to.equal('image/webp');
    expect(await response.text()).to.equal('small');
  });

  for (const path of [
    '/page/page.ts',
    '/page/',
    '/page.html',
    '/page/..%2fpage.ts',
    `/thumbnails/${'cd'.repeat(32)}`,
    '/thumbnails/..%2f..%2fetc%2fpasswd',
    '/__proto__',
    '/constructor',
  ]) {
    it(`answers 404 for ${path}`, async () => {
      const response = await fetch(url + path);
      expect(response.status).to.equal(404);
      expect(((await response.json()) as { code: string }).code).to.equal('PATH_UNKNOWN');
    });
  }

  it('answers 405 to a form that is sent to the page', async () => {
    const response = await fetch(`${url}/`, { method: 'POST', body: 'a=b' });
    expect(response.status).to.equal(405);
    expect(response.headers.get('allow')).to.equal('GET, HEAD');
  });

  it('has the same texts in every language', async () => {
    const english = await textsOf('texts-en.js');
    expect(english).to.include.members(['rule.same-hash', 'reason.outside-jis', 'places']);
    for (const name of ['texts-zh-hant.js', 'texts-zh-hans.js', 'texts-ja.js']) {
      expect(await textsOf(name)).to.deep.equal(english);
    }
  });

  it('has a text for every label of the page', async () => {
    const english = await textsOf('texts-en.js');
    const html = readFileSync(join(FOLDER, 'page.html'), 'utf8');
    const wanted = [...html.matchAll(/data-text="(\w+)"/g)].map(([, key]) => key!);
    expect(wanted).to.include.members(['intro', 'places', 'footer']);
    expect(wanted.filter((key) => !english.includes(key))).to.deep.equal([]);
  });

  it('has a text for every word that an answer is made of', async () => {
    const english = await textsOf('texts-en.js');
    const words = JSON.stringify(ANSWER_SCHEMAS);
    for (const [table, ...some] of [
      ['kind', 'country', 'district'],
      ['rule', 'same-bytes', 'near-vector'],
      ['language', 'zh', 'und'],
      ['generationStates', 'building', 'previous'],
      ['rebuildStage', 'read', 'swap'],
      ['engine', 'ok', 'down'],
    ] as [string, ...string[]][]) {
      const [, list] = new RegExp(`"enum":(\\["${some[0]}",[^\\]]*\\])`).exec(words)!;
      const keys = (JSON.parse(list!) as string[]).map((word) => `${table}.${word}`);
      expect(keys).to.include(`${table}.${some[1]}`);
      expect(keys.filter((key) => !english.includes(key))).to.deep.equal([]);
    }
  });
});

/** Keys of a table of texts, those of tables within it as `rule.same-hash`; in order. */
async function textsOf(name: string): Promise<string[]> {
  const { default: texts } = (await import(join(FOLDER, name))) as { default: object };
  const keysOf = (table: object, before: string): string[] =>
    Object.entries(table).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'object' ? keysOf(value as object, `${before}${key}.`) : [before + key],
    );
  return keysOf(texts, '').sort();
}
