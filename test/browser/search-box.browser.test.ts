import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import axe from 'axe-core';
import { expect } from 'chai';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { serve } from '../support/servers.ts';
import { bundle } from './bundles.ts';
import { eventually } from '../support/polling.ts';
import { onChromium, showsThat } from './chromium.ts';
import { type InputMethod, inputMethod } from './input-method.ts';
import { onSite } from './site.ts';

const PLAIN = fileURLToPath(new URL('../../examples/search-box/plain.html', import.meta.url));
const EVENTS = ['suggest', 'active', 'pick', 'submit', 'fail', 'clear'];

/** A page of another origin than the API, under a policy that allows nothing inline. */
const pageOf = (body: string, script: string): string => `<!doctype html><html lang="en">
<head><meta charset="utf-8"><title>Box</title>
<meta http-equiv="content-security-policy" content="default-src 'none'; script-src 'self'; connect-src *">
<script type="module" src="${script}"></script></head><body><main>${body}</main></body></html>`;

describe('<suoyin-search>, in Chromium', function () {
  const chromium = onChromium(this);
  const site = onSite(this, { cors: ['*'] });
  let origin: string;
  let body: string;
  let scripts: Record<string, string>;
  let page: Page;
  let method: InputMethod;
  let asked: URL[];
  let complaints: string[];
  let box: Locator;
  let input: Locator;

  before(async () => {
    const react = "import './react.tsx';";
    const vue =
      "import { createApp } from 'vue'; import Box from './SearchBox.vue';" +
      "const root = document.getElementById('root');" +
      'createApp(Box, { endpoint: root.dataset.endpoint }).mount(root);';
    scripts = {
      'box.js': await bundle(`import 'suoyin/element';
        const box = document.querySelector('suoyin-search');
        globalThis.told = [];
        for (const name of ${JSON.stringify(EVENTS)}) {
          document.addEventListener('suoyin-' + name, ({ detail }) => told.push([name, detail]));
        }`),
      'react.js': await bundle(react),
      'vue.js': await bundle(vue),
    };
    const server = await serve((request, response) => {
      const name = (request.url ?? '').slice(1).split('?')[0]!;
      const script = scripts[name];
      const type = script === undefined ? 'text/html' : 'text/javascript';
      response.setHeader('content-type', `${type}; charset=utf-8`);
      response.end(script ?? pageOf(body, name === '' ? 'box.js' : `${name}.js`));
    });
    origin = server.origin;
  });

  async function open(
    html: string,
    { path = '', ...options }: BrowserContextOptions & { path?: string } = {},
  ): Promise<void> {
    body = html.replaceAll('ENDPOINT', site.url);
    const context = await chromium.browser.newContext({ locale: 'en-US', ...options });
    page = await context.newPage();
    method = await inputMethod(page);
    asked = [];
    complaints = [];
    page.on('request', (request) => {
      if (request.url().includes('/suggest?')) asked.push(new URL(request.url()));
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${origin}/${path}`);
    box = page.locator('suoyin-search');
    input = box.getByRole('combobox');
  }

  afterEach(async () => {
    await page?.context().close();
    expect(complaints).to.deep.equal([]);
  });

  const BOX = '<suoyin-search endpoint="ENDPOINT" lang="zh-Hant" label="Place"></suoyin-search>';
  const options = (): Promise<string[]> => box.locator('.label').allTextContents();
  const first = (text: string | RegExp): Promise<void> =>
    box.locator('li').first().filter({ hasText: text }).waitFor();
  const told = async (event: string): Promise<unknown[]> =>
    (await page.evaluate<[string, unknown][]>('told'))
      .filter(([name]) => name === event)
      .map(([, detail]) => detail);
  const texts = (): (string | null)[] => asked.map(({ searchParams }) => searchParams.get('q'));

  it('asks for syllables that are still composed, once for each, and not again at the end', async () => {
    await open(BOX);
    await input.focus();
    for (const half of ['ㄅ', 'ㄅㄢˇ', '板ㄑ', '板橋']) {
      const answered = page.waitForResponse((answer) =>
        answer.url().includes(`q=${encodeURIComponent(half)}&`),
      );
      await method.compose(half);
      await answered;
    }
    await first('板橋');
    const before = texts();
    expect(before).to.deep.equal(['ㄅ', 'ㄅㄢˇ', '板ㄑ', '板橋']);
    await method.commit('板橋');
    await input.press('ArrowDown');
    expect(texts()).to.deep.equal(before);
    expect((await options())[0]).to.equal('板橋, 新北市, 台灣');
    await eventually(async () =>
      expect(await box.locator('mark').first().textContent()).to.equal('板橋'),
    );
  });

  it('waits for the end of a composition where it is told to', async () => {
    await open(BOX.replace('lang', 'committed lang'));
    await input.focus();
    for (const half of ['ㄅ', 'ㄅㄢˇ', '板ㄑ', '板橋']) await method.compose(half);
    await method.commit('板橋');
    await first('板橋');
    expect(texts()).to.deep.equal(['板橋']);
  });

  it('gives keys to the input method while it composes', async () => {
    await open(BOX);
    await input.fill('板');
    await first('板橋');
    await input.press('ArrowDown');
    await method.compose('ㄑ');
    for (const key of ['Enter', 'ArrowDown', 'Escape']) await method.press(key);
    await eventually(async () => expect(await told('pick')).to.deep.equal([]));
    await eventually(async () => expect(await told('submit')).to.deep.equal([]));
    await eventually(async () => expect(await input.inputValue()).to.equal('板ㄑ'));
  });

  it('asks once for what is typed at a stretch, and aborts what is no longer wanted', async () => {
    await open(BOX.replace('lang', 'debounce="200" lang'));
    await input.pressSequentially('banqiao', { delay: 5 });
    await first('板橋');
    expect(texts()).to.deep.equal(['banqiao']);
    let aborted = 0;
    page.on('requestfailed', () => (aborted += 1));
    await page.route(/suggest/, async (route) => {
      if (!route.request().url().includes('tokyo')) return;
      await route.continue();
    });
    const held = page.waitForRequest(/taipei/);
    await input.fill('taipei');
    await held;
    await input.fill('tokyo');
    await first('東京');
    expect(aborted).to.equal(1);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  it('is worked by keys as the authoring practices ask', async () => {
    await open(BOX);
    await input.fill('台');
    await first('台');
    await eventually(async () =>
      expect(await input.getAttribute('aria-expanded')).to.equal('true'),
    );
    await eventually(async () =>
      expect(await input.getAttribute('aria-activedescendant')).to.equal(null),
    );
    await input.press('ArrowDown');
    await input.press('ArrowDown');
    await eventually(async () =>
      expect(await input.getAttribute('aria-activedescendant')).to.equal('option-1'),
    );
    await input.press('ArrowUp');
    await input.press('ArrowUp');
    await eventually(async () =>
      expect(await input.getAttribute('aria-activedescendant')).to.equal(null),
    );
    await input.press('ArrowUp');
    const last = (await box.locator('li').count()) - 1;
    await eventually(async () =>
      expect(await input.getAttribute('aria-activedescendant')).to.equal(`option-${last}`),
    );
    await input.press('Alt+ArrowUp');
    await eventually(async () =>
      expect(await input.getAttribute('aria-expanded')).to.equal('false'),
    );
    await input.press('ArrowDown');
    const name = await box.locator('li .name').first().textContent();
    await input.press('Enter');
    await eventually(async () => expect(await input.inputValue()).to.equal(name));
    await eventually(async () =>
      expect(await input.getAttribute('aria-expanded')).to.equal('false'),
    );
    const indexes = (await told('active')).map((detail) => (detail as { index: number }).index);
    expect(indexes).to.deep.equal([0, 1, 0, -1, last, -1, 0, -1]);
    await input.press('Escape');
    await eventually(async () => expect(await input.inputValue()).to.equal(''));
    await eventually(async () => expect(await told('clear')).to.have.length(1));
  });

  it('says to screen readers what it found, and shows that nothing was', async () => {
    await open(BOX);
    const status = box.getByRole('status');
    await input.fill('板橋');
    await status.filter({ hasText: /^\d+ 個地點/ }).waitFor();
    await input.fill('qqqqzzzz');
    await box.locator('.message').filter({ hasText: '找不到地點' }).waitFor();
    await status.filter({ hasText: '找不到地點' }).waitFor();
    await eventually(async () =>
      expect(await input.getAttribute('aria-expanded')).to.equal('false'),
    );
  });

  it('marks a guess, and a name that is not shown', async () => {
    await open(BOX);
    await input.fill('高熊');
    await first('高雄');
    await eventually(async () =>
      expect(await box.locator('li').first().locator('.badge').textContent()).to.equal('可能是'),
    );
    await input.fill('漢城');
    await first('首爾');
    await eventually(async () =>
      expect(await box.locator('.note').first().textContent()).to.equal('符合「漢城」'),
    );
  });

  it('says that the server is busy or away, and asks again on the next key', async () => {
    await open(BOX);
    for (const [status, text] of [
      [503, '忙碌'],
      [0, '沒有回應'],
    ] as const) {
      await page.route(/suggest/, (route) =>
        status === 0
          ? route.abort()
          : route.fulfill({ status, json: { code: 'OVERLOADED', detail: 'Busy.' } }),
      );
      await input.fill(`台${status}`);
      await box.locator('.message.bad').filter({ hasText: text }).waitFor();
      await page.unrouteAll();
    }
    expect((await told('fail')).map((detail) => (detail as { code: string }).code)).to.deep.equal([
      'OVERLOADED',
      'NETWORK',
    ]);
    await input.fill('台');
    await first('台');
  });

  it('asks anew for another reader, country or point, with the same text', async () => {
    await open(BOX);
    await input.fill('日本橋');
    await first('日本橋');
    const set = (name: string, value: string): Promise<void> =>
      page.evaluate(`document.querySelector('suoyin-search').setAttribute('${name}', '${value}')`);
    await set('near', '34.69, 135.50');
    await first('大阪');
    await set('lang', 'ja');
    await set('country', 'JP');
    await set('limit', '1');
    await showsThat(
      page,
      "document.querySelector('suoyin-search').places.length === 1 &&" +
        "document.querySelector('suoyin-search').shadowRoot.querySelector('ul').lang === 'ja'",
    );
    const { searchParams } = asked.at(-1)!;
    expect(Object.fromEntries(searchParams)).to.deep.equal({
      q: '日本橋',
      language: 'ja',
      near: '34.69,135.50',
      countries: 'JP',
      limit: '1',
    });
  });

  it('is a part of its form: name, id, label, required, reset', async () => {
    await open(
      `<form><label for="b">地點</label>${BOX.replace('label="Place"', 'id="b" name="place" required')}<button>Go</button></form>`,
    );
    const entries = (): Promise<[string, string][]> =>
      page.evaluate("[...new FormData(document.querySelector('form'))]");
    await eventually(async () => expect(await input.getAttribute('aria-label')).to.equal('地點'));
    await page.locator('label').click();
    await eventually(async () =>
      expect(await page.evaluate('document.activeElement.localName')).to.equal('suoyin-search'),
    );
    await input.fill('板橋');
    await first('板橋');
    const valid = (): Promise<boolean> =>
      page.evaluate("document.querySelector('form').checkValidity()");
    await eventually(async () => expect(await valid()).to.equal(false));
    await eventually(async () => expect(await entries()).to.deep.equal([['place', '板橋']]));
    await box.locator('li').first().click();
    await eventually(async () => expect(await valid()).to.equal(true));
    expect((await entries()).map(([name]) => name)).to.deep.equal(['place', 'place-id']);
    await page.evaluate("document.querySelector('form').reset()");
    await eventually(async () => expect(await entries()).to.deep.equal([['place', '']]));
  });

  it('is sent by Enter where no place is active, unless a listener prevents it', async () => {
    await open(`<form action="/sent">${BOX.replace('label', 'name="place" label')}</form>`);
    await input.fill('板橋');
    await first('板橋');
    await page.evaluate(
      "document.addEventListener('suoyin-submit', (event) => event.preventDefault(), { once: true })",
    );
    await input.press('Enter');
    expect(new URL(page.url()).pathname).to.equal('/');
    await input.press('Enter');
    await page.waitForURL(/\/sent\?place=/);
  });

  it('keeps its list open in the page where it stands inline', async () => {
    await open(`${BOX.replace('lang', 'inline lang')}<button>Other</button>`);
    await input.fill('板橋');
    await first('板橋');
    await page.getByRole('button', { name: 'Other' }).focus();
    await eventually(async () =>
      expect(await input.getAttribute('aria-expanded')).to.equal('true'),
    );
    await page.evaluate("document.querySelector('suoyin-search').activate(1)");
    await eventually(async () =>
      expect(await box.locator('li[aria-selected=true]').getAttribute('id')).to.equal('option-1'),
    );
  });

  it('speaks the language of the page around it', async () => {
    for (const [lang, label] of [
      ['en', 'Search for a place'],
      ['zh-TW', '搜尋地點'],
      ['zh-CN', '搜索地点'],
      ['ja-JP', '場所を検索'],
      ['ko', '장소 검색'],
    ]) {
      await open(`<div lang="${lang}"><suoyin-search endpoint="ENDPOINT"></suoyin-search></div>`);
      await eventually(async () => expect(await input.getAttribute('aria-label')).to.equal(label));
      await page.context().close();
    }
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has nothing that axe finds, ${colorScheme}`, async () => {
      await open(
        `<h1>Box</h1><div style="color-scheme: light dark">${BOX.replace('lang', 'near="25.03,121.56" lang')}</div>`,
        { colorScheme },
      );
      const violations = async (): Promise<string[]> => {
        await page.evaluate(axe.source);
        const found = await page.evaluate<axe.AxeResults>('axe.run()');
        return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
      };
      const found = await violations();
      await input.fill('高熊');
      await first('高雄');
      await input.press('ArrowDown');
      found.push(...(await violations()));
      await input.fill('qqqqzzzz');
      await box.locator('.message').filter({ hasText: '找不到' }).waitFor();
      expect([...found, ...(await violations())]).to.deep.equal([]);
    });
  }

  for (const [name, typed, label] of [
    ['react', 'banq', '板橋'],
    ['vue', 'しんじゅ', '新宿'],
  ] as const) {
    it(`works in the ${name} example`, async () => {
      await open('<div id="root" data-endpoint="ENDPOINT"></div>', { path: name });
      await input.pressSequentially(typed);
      await first(label);
      await input.press('ArrowDown');
      await input.press('Enter');
      await page
        .locator('output')
        .filter({ hasText: new RegExp(`^${label}.*\\(`) })
        .waitFor();
      expect(asked[0]!.searchParams.get('limit')).to.equal('5');
      await input.press('Escape');
      await page.locator('output').filter({ hasText: /^–$/ }).waitFor();
    });
  }

  it('works in the plain example, from the server that the API is on', async () => {
    await open('');
    const html = readFileSync(PLAIN, 'utf8');
    await page.route('**/plain.html', (route) =>
      route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }),
    );
    await page.goto(`${site.url}/plain.html`);
    await input.fill('ㄅㄢˇ');
    await box.locator('li').filter({ hasText: '板橋' }).first().click();
    await page
      .locator('output')
      .filter({ hasText: /板橋.* 25\.\d+, 121\./ })
      .waitFor();
  });

  it('has under 10 kB, minified and gzipped', async () => {
    const size = gzipSync(await bundle("import 'suoyin/element';"), { level: 9 }).length;
    console.log(`      suoyin/element: ${size} bytes`);
    expect(size).to.be.below(10_000);
  });
});
