import { readFileSync } from 'node:fs';
import axe from 'axe-core';
import { expect } from 'chai';
import type { BrowserContextOptions, CDPSession, Locator, Page } from 'playwright-core';
import { EXAMPLE_FILE } from '../support/example-places.ts';
import { eventually, until } from '../support/polling.ts';
import { onChromium, showsThat } from './chromium.ts';
import { type InputMethod, inputMethod } from './input-method.ts';
import { onSite } from './site.ts';

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 375, height: 812 };

describe('the page of serve, in Chromium', function () {
  const chromium = onChromium(this);
  const site = onSite(this);
  let page: Page;
  let keys: CDPSession;
  let method: InputMethod;
  let asked: string[];
  let complaints: string[];

  async function open({
    query = '',
    ...options
  }: BrowserContextOptions & { query?: string } = {}): Promise<void> {
    const context = await chromium.browser.newContext({
      locale: 'en-US',
      viewport: DESKTOP,
      ...options,
    });
    page = await context.newPage();
    keys = await context.newCDPSession(page);
    method = await inputMethod(page);
    asked = [];
    complaints = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(site.url + query);
    await page.locator('#index-status table').first().waitFor();
  }

  afterEach(async () => {
    await page?.context().close();
  });

  const suggestions = (): string[] => asked.filter((url) => url.includes('/suggest?'));
  const input = (): Locator => page.locator('#places-text input');
  const options = (): Promise<string[]> => page.locator('[role=option] .label').allTextContents();
  const pins = (): Promise<string[]> =>
    page.evaluate(
      "[...document.querySelectorAll('.pin')].map((pin) => pin.getAttribute('aria-label'))",
    );
  /** Chooses among the folded options. */
  const choose = async (field: string, value: string): Promise<void> => {
    await page.evaluate("document.getElementById('places-options').open = true");
    await page.selectOption(field, value);
  };
  const said = (text: RegExp): Promise<void> =>
    page.locator('#places-said').filter({ hasText: text }).waitFor();

  it('asks for syllables that are still composed, unless the switch is off', async () => {
    await open();
    await choose('#places-language', 'zh-Hant');
    await input().focus();
    await method.compose('ㄅㄢˇㄑ');
    await said(/places? in/);
    await eventually(async () => expect(await options()).to.include('板橋, 新北市, 台灣'));
    await input().fill('');
    await page.uncheck('#places-composing');
    const before = suggestions().length;
    await input().focus();
    for (const half of ['ㄅ', 'ㄅㄢˇ', '板ㄑ', '板橋']) await method.compose(half);
    await method.commit('板橋');
    await said(/places? in/);
    expect(suggestions().slice(before)).to.have.length(1);
    expect(complaints).to.deep.equal([]);
  });

  it('shows what it found as pins, and goes from list to pin and back by key and pointer', async () => {
    await open({ locale: 'zh-TW' });
    await input().fill('中正');
    let labels: string[] = [];
    await until(async () => {
      labels = await options();
      const drawn = new Set(await pins());
      return (
        labels.length > 1 &&
        drawn.size === new Set(labels).size &&
        labels.every((label) => drawn.has(label))
      );
    });
    const [first = '', second = ''] = labels;
    expect(first).to.match(/^中正/);
    await input().press('ArrowDown');
    await input().press('ArrowDown');
    await page.locator(`.pin.active[aria-label="${second}"]`).waitFor();
    // It can take no focus before the map has flown to it.
    await page.locator(`.pin[aria-label="${first}"]`).click({ trial: true });
    await page.locator(`.pin[aria-label="${first}"]`).focus();
    await page.locator('[aria-selected=true] .label', { hasText: first }).waitFor();
    await page.locator('[role=option]').nth(1).hover();
    await page.locator(`.pin.active[aria-label="${second}"]`).waitFor();
    await page.locator(`.pin[aria-label="${first}"]`).focus();
    await page.keyboard.press('Enter');
    await page.locator('#places-picked h3', { hasText: /^中正/ }).waitFor();
  });

  it('moves its map by wheel, drag, keys and buttons, and shows everything again', async () => {
    await open();
    const viewBox = async (): Promise<number[]> =>
      (await page.getAttribute('#map-outlines', 'viewBox'))!.split(' ').map(Number);
    await page.locator('#map-outlines path').first().waitFor({ state: 'attached' });
    const [x, , span] = await viewBox();
    const box = (await page.locator('#map').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 100);
    await page.mouse.wheel(0, -240);
    await showsThat(
      page,
      `+document.querySelector('#map-outlines').getAttribute('viewBox').split(' ')[2] < ${span! * 0.6}`,
    );
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 + 120, box.y + 100, { steps: 3 });
    await page.mouse.up();
    const dragged = await viewBox();
    expect(dragged[2]).to.be.closeTo(span! / 2, span! / 50);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.focus('#map');
    await page.keyboard.press('ArrowLeft');
    expect((await viewBox())[0]).to.be.below(dragged[0]!);
    await page.keyboard.press('+');
    expect((await viewBox())[2]).to.be.closeTo(dragged[2]! / 2, 1);
    await page.click('#map-out');
    expect((await viewBox())[2]).to.be.closeTo(dragged[2]!, 1);
    await page.click('#map-whole');
    expect((await viewBox())[0]).to.be.closeTo(x!, 8);
    expect(complaints).to.deep.equal([]);
  });

  it('zooms its map by two fingers', async () => {
    await open({ viewport: PHONE, isMobile: true, hasTouch: true });
    await page.locator('#map').scrollIntoViewIfNeeded();
    const span = async (): Promise<number> =>
      Number((await page.getAttribute('#map-outlines', 'viewBox'))!.split(' ')[2]);
    const before = await span();
    const box = (await page.locator('#map').boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const touch = (type: string, reach: number | null): Promise<unknown> =>
      keys.send('Input.dispatchTouchEvent', {
        type: type as 'touchStart',
        touchPoints: reach === null ? [] : [-reach, reach].map((dx, id) => ({ x: x + dx, y, id })),
      });
    await touch('touchStart', 20);
    for (const reach of [30, 40, 60]) await touch('touchMove', reach);
    await touch('touchEnd', null);
    await eventually(async () => expect(await span()).to.be.closeTo(before / 3, before / 10));
  });

  it('searches names and notes for a whole text, with the pieces that say it', async () => {
    await open({ locale: 'zh-TW' });
    await input().fill('清水寺');
    await page.locator('[role=option]').first().waitFor();
    await input().press('Enter');
    const hits = page.locator('.hits li');
    await hits.first().waitFor();
    await eventually(async () =>
      expect(await hits.first().locator('mark').first().textContent()).to.equal('清水寺'),
    );
    const note = page.locator('.notes li').first();
    await eventually(async () =>
      expect(await note.locator('strong').textContent()).to.equal('京都三日'),
    );
    await eventually(async () =>
      expect(await note.locator('.snippet mark').first().textContent()).to.match(/清水/),
    );
    await hits.first().locator('button').focus();
    const label = await hits.first().locator('.label').textContent();
    await eventually(async () =>
      expect(await page.locator('.pin.active').getAttribute('aria-label')).to.equal(label),
    );
    await hits.first().locator('button').click();
    await eventually(async () =>
      expect(await page.locator('#places-picked h3').textContent()).to.match(/^清水寺/),
    );
    expect(complaints).to.deep.equal([]);
  });

  it('shows what a description says of the text', async () => {
    await open({ locale: 'zh-TW', query: '/?q=賞櫻&search=1' });
    const hit = page.locator('.hits li').first();
    await hit.waitFor();
    await eventually(async () =>
      expect(await hit.locator('.label').textContent()).to.match(/^花卉試驗中心/),
    );
    await eventually(async () =>
      expect(await hit.locator('.snippet mark').first().textContent()).to.equal('賞櫻'),
    );
    expect(complaints).to.deep.equal([]);
  });

  it('keeps what is asked in the address, and goes back and forth', async () => {
    await open({ query: '/?q=しんj&reader=ja&country=JP' });
    await said(/places? in/);
    expect((await options())[0]).to.match(/^新宿/);
    await eventually(async () => expect(await input().inputValue()).to.equal('しんj'));
    await eventually(async () => expect(await page.inputValue('#places-country')).to.equal('JP'));
    await input().press('Enter');
    await page.waitForURL(/search=1/);
    await page.goBack();
    await page.locator('[role=option]').first().waitFor();
    expect(new URL(page.url()).searchParams.get('search')).to.equal(null);
    await page.goForward();
    await page.locator('#places-found h3').first().waitFor();
    await page.reload();
    await page.locator('#places-found h3').first().waitFor();
  });

  it('gives what was asked as curl, as code and as the element, to be copied', async () => {
    await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await choose('#places-country', 'TW');
    await input().fill('banq');
    await said(/places? in/);
    await page.click('#places-take summary');
    const blocks = await page.locator('#places-code pre').allTextContents();
    expect(blocks[0]).to.equal(
      `curl '${site.url}/suggest?q=banq&language=en&countries=TW&limit=8'`,
    );
    expect(blocks[1]).to.include(
      'places.suggest("banq", { language: "en", countries: ["TW"], limit: 8 })',
    );
    expect(blocks[2]).to.include(`<suoyin-search endpoint="${site.url}" lang="en" country="TW">`);
    const answer = JSON.parse(blocks[3]!) as { suggestions: { label: string }[] };
    expect(answer.suggestions.map(({ label }) => label)).to.deep.equal(await options());
    await page.getByRole('button', { name: 'Copy: curl' }).click();
    await page.getByRole('button', { name: 'Copy: curl' }).filter({ hasText: 'Copied' }).waitFor();
    await eventually(async () =>
      expect(await page.evaluate('navigator.clipboard.readText()')).to.equal(blocks[0]),
    );
  });

  it('draws places to where the reader is, and says so where that is not told', async () => {
    await open({
      permissions: ['geolocation'],
      geolocation: { latitude: 34.69, longitude: 135.5 },
    });
    await choose('#places-near', 'me');
    await page.locator('.own').waitFor();
    await input().fill('日本橋');
    await said(/places? in/);
    expect(new URL(suggestions().at(-1)!).searchParams.get('near')).to.equal('34.690,135.500');
    await page.context().clearPermissions();
    await page.context().close();
    await open();
    await choose('#places-near', 'me');
    await said(/does not tell/);
    await eventually(async () => expect(await page.inputValue('#places-near')).to.equal(''));
  });

  it('says that it searches while a server is slow', async () => {
    await open();
    let late = (): void => undefined;
    const gate = new Promise<void>((resolve) => (late = resolve));
    await page.route(/suggest/, async (route) => {
      await gate;
      await route.continue();
    });
    await input().fill('台');
    await page.locator('.message').filter({ hasText: 'Searching' }).waitFor();
    late();
    await page.locator('[role=option]').first().waitFor();
    await eventually(async () => expect(await page.locator('.message').isHidden()).to.equal(true));
    await page.unrouteAll({ behavior: 'wait' });
  });

  it('shows a place with its names, and why it was found when that is opened', async () => {
    await open({ locale: 'zh-TW' });
    await input().fill('漢城');
    await page.locator('[role=option]').first().waitFor();
    expect((await options())[0]).to.match(/^首爾/);
    await input().press('ArrowDown');
    await input().press('Enter');
    const card = page.locator('#places-picked');
    await card.getByText('서울특별시').waitFor();
    await eventually(async () =>
      expect(await card.locator('details dd').first().isVisible()).to.equal(false),
    );
    await card.locator('summary').click();
    expect(await card.locator('details dd').first().textContent()).to.equal(
      '字面相符 · 符合「漢城」 (舊名，不顯示) · 全名',
    );
  });

  it('holds places to a country, and draws them to a point', async () => {
    await open({ locale: 'zh-TW' });
    await choose('#places-country', 'JP');
    await choose('#places-near', 'point');
    await page.fill('#places-point', '34.69, 135.50');
    await page.press('#places-point', 'Tab');
    await input().fill('日本橋');
    await page.locator('[role=option]').first().waitFor();
    const { searchParams } = new URL(suggestions().at(-1)!);
    expect(searchParams.get('near')).to.equal('34.69,135.50');
    expect(searchParams.get('countries')).to.equal('JP');
    expect((await options())[0]).to.match(/大阪/);
  });

  it('shows a wall of pictures with copies grouped, and those of one that is chosen', async () => {
    await open();
    const wall = page.locator('#pictures-wall');
    await wall.locator('li').first().waitFor();
    await eventually(async () => expect(await wall.locator('li').count()).to.equal(4));
    await eventually(async () =>
      expect(await wall.locator('.stack .badge').textContent()).to.equal('2 copies'),
    );
    await wall.locator('.stack button').click();
    await wall.getByRole('heading', { name: 'Copies of it' }).waitFor();
    const copies = wall.locator('ol').first().locator('.id');
    await eventually(async () =>
      expect(await copies.allTextContents()).to.deep.equal([
        'house-cat-small.jpg',
        'house-cat-mirrored.webp',
      ]),
    );
    await eventually(async () =>
      expect(await page.getAttribute('#pictures-query', 'alt')).to.match(/house-cat\.jpg$/),
    );
    await wall.getByRole('button', { name: 'All pictures' }).click();
    await wall.locator('.stack').waitFor();
  });

  it('finds a dropped picture again, with its thumbnail and the rule that fired', async () => {
    await open();
    const box = (await page.locator('#pictures-drop').boundingBox())!;
    await page.locator('#pictures-drop').scrollIntoViewIfNeeded();
    const { x, y } = (await page.locator('#pictures-drop').boundingBox()) ?? box;
    const data = { items: [], files: [site.copy], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await keys.send('Input.dispatchDragEvent', { type, x: x + 20, y: y + 20, data });
    }
    const first = page.locator('#pictures-wall li:has(.rule)').first();
    await first.waitFor();
    await eventually(async () =>
      expect(await first.locator('.id').textContent()).to.equal('nagasaki-boats.jpg'),
    );
    await eventually(async () =>
      expect(await first.locator('.rule').textContent()).to.match(/^edited copy/),
    );
    await showsThat(
      page,
      "document.querySelector('#pictures-wall li:has(.rule) img')?.naturalWidth > 0",
    );
    await eventually(async () =>
      expect(await page.getAttribute('#pictures-query', 'alt')).to.match(/a copy\.webp$/),
    );
    expect(complaints).to.deep.equal([]);
  });

  it('takes a picture that is pasted', async () => {
    await open();
    const bytes = readFileSync(site.copy).toString('base64');
    await page.evaluate(`{
      const bytes = Uint8Array.from(atob('${bytes}'), (char) => char.charCodeAt(0));
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([bytes], 'pasted.webp', { type: 'image/webp' }));
      document.dispatchEvent(new ClipboardEvent('paste', { clipboardData }));
    }`);
    const first = page.locator('#pictures-wall ol .rule ~ .id').first();
    await eventually(async () => expect(await first.textContent()).to.equal('nagasaki-boats.jpg'));
  });

  it('says that a chosen file is no picture', async () => {
    await open();
    const file = { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no picture') };
    await page.setInputFiles('#pictures-file', file);
    await page.locator('#pictures-said').filter({ hasText: 'NOT_IMAGE' }).waitFor();
    await eventually(async () =>
      expect(await page.locator('#pictures-query').isHidden()).to.equal(true),
    );
  });

  it('tells the language of a name and why', async () => {
    await open();
    await page.fill('#name-text', '涩谷');
    const answer = page.locator('#name-answer');
    await answer.filter({ hasText: 'outside-jis' }).waitFor();
    await eventually(async () =>
      expect(await answer.locator('strong').textContent()).to.equal('Chinese'),
    );
    await page.fill('#name-text', 'ハルビン');
    await answer.filter({ hasText: 'it has kana' }).waitFor();
    await eventually(async () =>
      expect(await answer.locator('strong').textContent()).to.equal('Japanese'),
    );
  });

  it('watches a rebuild from the reading of its source to the swap', async () => {
    const lines = readFileSync(EXAMPLE_FILE, 'utf8').trimEnd().split('\n');
    const records = lines.map((line) => JSON.parse(line) as object);
    for (let i = 1; i <= 5000; i++) {
      records.push({ id: `made-${i}`, name: `Hamlet ${i}`, kind: 'town', country: 'US' });
    }
    await site.places.rebuild(records);
    await open();
    const gates: (() => void)[] = [];
    const gate = (): Promise<void> => new Promise((resolve) => gates.push(resolve));
    let passes = 0;
    const source = async function* (): AsyncGenerator {
      passes += 1;
      if (passes === 1) await gate();
      // Documents are counted every 5000 records of the third pass.
      for (const [done, record] of records.entries()) {
        if (passes === 3 && done === 5100) await gate();
        yield record;
      }
      yield { id: 'no-name', kind: 'city' };
    };
    const rebuilt = site.places.rebuild(source);
    const progress = page.getByRole('progressbar', { name: 'Rebuild of places-000003' });
    await page.getByText('Rebuild of places-000003: reading the source').waitFor();
    await eventually(async () => expect(await progress.getAttribute('value')).to.equal(null));
    gates[0]!();
    await page.getByText('5,000 documents; the live one has 5,481').waitFor();
    await eventually(async () => expect(await progress.getAttribute('value')).to.equal('5000'));
    gates[1]!();
    await rebuilt;
    await page.getByText('places-000003 is live.').waitFor();
    const table = page.getByRole('table', { name: 'places' });
    expect(await table.locator('tbody tr').allInnerTexts()).to.include.members([
      'places-000002\tprevious\t5,481\t0',
      'places-000003\tlive\t5,481\t1',
    ]);
    await eventually(async () => expect(await progress.count()).to.equal(0));
  });

  it('speaks the language of the browser, and keeps the one that is chosen', async () => {
    await open({ locale: 'ja-JP' });
    await eventually(async () =>
      expect(await page.textContent('#places-title')).to.equal('場所を探す'),
    );
    await eventually(async () => expect(await page.inputValue('#places-language')).to.equal('ja'));
    await page.selectOption('#page-language', 'zh-Hant');
    await eventually(async () =>
      expect(await page.textContent('#places-title')).to.equal('找地點'),
    );
    await eventually(async () =>
      expect(await page.getAttribute('html', 'lang')).to.equal('zh-Hant'),
    );
    await page.reload();
    await eventually(async () =>
      expect(await page.textContent('#places-title')).to.equal('找地點'),
    );
    await page.context().close();
    for (const [locale, title, reader] of [
      ['zh-CN', '找地点', 'zh-Hans'],
      ['zh-HK', '找地點', 'zh-Hant'],
    ] as const) {
      await open({ locale });
      await eventually(async () => expect(await page.textContent('#places-title')).to.equal(title));
      await eventually(async () =>
        expect(await page.inputValue('#places-language')).to.equal(reader),
      );
      await page.context().close();
    }
    await open();
  });

  it('asks nobody but its own server', async () => {
    await open();
    await input().fill('板橋');
    await said(/places? in/);
    expect(asked.filter((url) => !url.startsWith(`${site.url}/`))).to.deep.equal([]);
  });

  for (const locale of ['en-US', 'zh-TW', 'zh-CN', 'ja-JP']) {
    for (const [look, context] of [
      ['light', { colorScheme: 'light', viewport: DESKTOP }],
      ['dark, on a phone', { colorScheme: 'dark', viewport: PHONE, hasTouch: true }],
    ] as const) {
      it(`has nothing that axe finds in ${locale}, ${look}`, async () => {
        await open({ ...context, locale });
        await page.locator('#pictures-wall li').first().waitFor();
        const found = await violations();
        await page.fill('#name-text', '清水寺');
        await page.locator('#name-answer strong').waitFor();
        await page.setInputFiles('#pictures-file', site.copy);
        await page.locator('#pictures-wall li .rule').first().waitFor();
        await input().fill('高熊');
        await page.locator('[role=option]').first().waitFor();
        await input().press('ArrowDown');
        await page.evaluate(
          "for (const fold of document.querySelectorAll('details')) fold.open = true",
        );
        found.push(...(await violations()));
        await input().press('Enter');
        await page.locator('#places-picked .names dd').first().waitFor();
        await page.locator('#places-picked summary').click();
        found.push(...(await violations()));
        await input().fill('清水寺');
        await page.locator('[role=option]').first().waitFor();
        await input().press('Enter');
        await page.locator('.notes li').first().waitFor();
        expect([...found, ...(await violations())]).to.deep.equal([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).to.be.at.most(
          context.viewport.width,
        );
        expect(complaints).to.deep.equal([]);
      });
    }
  }

  async function violations(): Promise<string[]> {
    await page.evaluate(axe.source);
    const found = await page.evaluate<axe.AxeResults>('axe.run()');
    return found.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
    );
  }
});
