import { readFileSync } from 'node:fs';
import axe from 'axe-core';
import { expect } from 'chai';
import type { BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import { EXAMPLE_FILE } from '../support/example-places.ts';
import { onChromium } from './chromium.ts';
import { onSite } from './site.ts';

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 375, height: 812 };

describe('the page of serve, in Chromium', function () {
  const chromium = onChromium(this);
  const site = onSite(this);
  let page: Page;
  let keys: CDPSession;
  let asked: string[];
  let complaints: string[];

  async function open(options: BrowserContextOptions = {}): Promise<void> {
    const context = await chromium.browser.newContext({
      locale: 'en-US',
      viewport: DESKTOP,
      ...options,
    });
    page = await context.newPage();
    keys = await context.newCDPSession(page);
    asked = [];
    complaints = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(site.url);
    await page.locator('#index-status table').first().waitFor();
  }

  afterEach(async () => {
    await page?.context().close();
  });

  /** What an input method shows while a syllable is being typed. */
  const compose = (text: string): Promise<unknown> =>
    keys.send('Input.imeSetComposition', {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  const commit = (text: string): Promise<unknown> => keys.send('Input.insertText', { text });
  const suggestions = (): string[] => asked.filter((url) => url.includes('/suggest?'));
  const options = (): Promise<string[]> => page.locator('[role=option] .label').allTextContents();
  const said = (text: RegExp): Promise<void> =>
    page.locator('#places-said').filter({ hasText: text }).waitFor();

  it('asks for 板橋 once, when its syllables are composed', async () => {
    await open();
    await page.selectOption('#places-language', 'zh-Hant');
    await page.focus('#places-text');
    for (const half of ['ㄅ', 'ㄅㄢ', 'ㄅㄢˇ', '板', '板ㄑ', '板ㄑㄧㄠ', '板ㄑㄧㄠˊ', '板橋']) {
      await compose(half);
    }
    expect(await page.inputValue('#places-text')).to.equal('板橋');
    expect(suggestions()).to.deep.equal([]);
    await commit('板橋');
    await said(/places? in/);
    expect(suggestions().map((url) => new URL(url).searchParams.get('q'))).to.deep.equal(['板橋']);
    expect((await options())[0]).to.equal('板橋, 新北市, 台灣');
    expect(await page.locator('[role=option] mark').first().textContent()).to.equal('板橋');
    expect(complaints).to.deep.equal([]);
  });

  it('asks for a half-composed syllable where the switch is on', async () => {
    await open();
    await page.selectOption('#places-language', 'zh-Hant');
    await page.check('#places-composing');
    await page.focus('#places-text');
    await compose('ㄅㄢˇㄑ');
    await said(/places? in/);
    expect(await options()).to.include('板橋, 新北市, 台灣');
    expect(await page.inputValue('#places-text')).to.equal('ㄅㄢˇㄑ');
  });

  it('is worked by keyboard, and tells screen readers where it is', async () => {
    await open();
    await page.selectOption('#places-language', 'ja');
    const input = page.locator('#places-text');
    await input.fill('しんj');
    await said(/places? in/);
    expect(await input.getAttribute('aria-expanded')).to.equal('true');
    expect(await input.getAttribute('aria-activedescendant')).to.equal(null);
    await input.press('ArrowDown');
    await input.press('ArrowDown');
    const active = (await input.getAttribute('aria-activedescendant'))!;
    expect(active).to.equal('places-option-1');
    expect(await page.locator('[aria-selected=true]').getAttribute('id')).to.equal(active);
    await input.press('ArrowUp');
    await input.press('Enter');
    expect(await input.inputValue()).to.equal('新宿');
    expect(await input.getAttribute('aria-expanded')).to.equal('false');
    await said(/Picked: 新宿/);
    expect(await page.locator('#places-picked dd').first().textContent()).to.equal('新宿区');
  });

  it('keeps its list closed when an answer comes after something was picked', async () => {
    await open();
    const input = page.locator('#places-text');
    await input.fill('台');
    await said(/places? in/);
    let late = (): void => undefined;
    const gate = new Promise<void>((resolve) => (late = resolve));
    const held = page.waitForRequest(/suggest/);
    await page.route(/suggest/, async (route) => {
      await gate;
      await route.continue();
    });
    await commit('南');
    await held;
    await input.press('ArrowDown');
    await input.press('Enter');
    late();
    await page.unrouteAll({ behavior: 'wait' });
    await page.fill('#name-text', 'ハルビン');
    await page.locator('#name-answer').filter({ hasText: 'it has kana' }).waitFor();
    expect(await input.getAttribute('aria-expanded')).to.equal('false');
    await said(/^Picked/);
  });

  it('picks what is touched', async () => {
    await open({ viewport: PHONE, isMobile: true, hasTouch: true });
    await page.selectOption('#places-language', 'zh-Hant');
    await page.fill('#places-text', '高熊');
    await page.locator('[role=option]').first().tap();
    expect(await page.inputValue('#places-text')).to.equal('高雄');
    expect(await page.locator('#places-picked').textContent()).to.match(/one character off/);
  });

  it('closes the list by Escape, then empties the field', async () => {
    await open();
    const input = page.locator('#places-text');
    await input.fill('台');
    await said(/places? in/);
    await input.press('Escape');
    expect(await input.getAttribute('aria-expanded')).to.equal('false');
    expect(await input.inputValue()).to.equal('台');
    await input.press('Escape');
    expect(await input.inputValue()).to.equal('');
  });

  it('gives the Enter that ends a composition to the input method', async () => {
    await open();
    await page.selectOption('#places-language', 'zh-Hant');
    const input = page.locator('#places-text');
    await input.fill('板');
    await said(/places? in/);
    await input.press('ArrowDown');
    await compose('ㄑ');
    await keys.send('Input.dispatchKeyEvent', {
      type: 'rawKeyDown',
      key: 'Enter',
      code: 'Enter',
      windowsVirtualKeyCode: 229,
    });
    expect(await page.locator('#places-picked').isHidden()).to.equal(true);
  });

  it('holds places to a country, and draws them to a point', async () => {
    await open();
    await page.selectOption('#places-language', 'zh-Hant');
    await page.selectOption('#places-country', 'JP');
    await page.selectOption('#places-near', 'point');
    await page.fill('#places-point', '34.69, 135.50');
    await page.fill('#places-text', '日本橋');
    await said(/places? in/);
    const { searchParams } = new URL(suggestions().at(-1)!);
    expect(searchParams.get('near')).to.equal('34.69,135.50');
    expect(searchParams.get('countries')).to.equal('JP');
    expect((await options())[0]).to.match(/大阪/);
  });

  it('says why a place was found by a name that it does not show', async () => {
    await open();
    await page.selectOption('#places-language', 'zh-Hant');
    await page.fill('#places-text', '漢城');
    await said(/places? in/);
    expect((await options())[0]).to.match(/^首爾/);
    const why = await page.locator('[role=option] .why').first().textContent();
    expect(why).to.equal('as typed · matched 漢城, historic name, never shown · whole name');
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
    const first = page.locator('#pictures-list li').first();
    await first.waitFor();
    expect(await first.locator('.id').textContent()).to.equal('nagasaki-boats.jpg');
    expect(await first.locator('.rule').textContent()).to.match(/^edited copy/);
    await first.locator('img').evaluate('(image) => image.decode()');
    expect(await page.getAttribute('#pictures-query', 'alt')).to.match(/a copy\.webp$/);
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
    const first = page.locator('#pictures-list .id').first();
    expect(await first.textContent()).to.equal('nagasaki-boats.jpg');
  });

  it('says that a chosen file is no picture', async () => {
    await open();
    const file = { name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no picture') };
    await page.setInputFiles('#pictures-file', file);
    await page.locator('#pictures-said').filter({ hasText: 'NOT_IMAGE' }).waitFor();
    expect(await page.locator('#pictures-query').isHidden()).to.equal(true);
  });

  it('tells the language of a name and why', async () => {
    await open();
    await page.fill('#name-text', '涩谷');
    const answer = page.locator('#name-answer');
    await answer.filter({ hasText: 'outside-jis' }).waitFor();
    expect(await answer.locator('strong').textContent()).to.equal('Chinese');
    await page.fill('#name-text', 'ハルビン');
    await answer.filter({ hasText: 'it has kana' }).waitFor();
    expect(await answer.locator('strong').textContent()).to.equal('Japanese');
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
    expect(await progress.getAttribute('value')).to.equal(null);
    gates[0]!();
    await page.getByText('5,000 documents; the live one has 5,481').waitFor();
    expect(await progress.getAttribute('value')).to.equal('5000');
    gates[1]!();
    await rebuilt;
    await page.getByText('places-000003 is live.').waitFor();
    const table = page.getByRole('table', { name: 'places' });
    expect(await table.locator('tbody tr').allInnerTexts()).to.include.members([
      'places-000002\tprevious\t5,481\t0',
      'places-000003\tlive\t5,481\t1',
    ]);
    expect(await progress.count()).to.equal(0);
  });

  it('speaks the language of the browser, and keeps the one that is chosen', async () => {
    await open({ locale: 'ja-JP' });
    expect(await page.textContent('#places-title')).to.equal('場所を探す');
    expect(await page.inputValue('#places-language')).to.equal('ja');
    await page.selectOption('#page-language', 'zh-Hant');
    expect(await page.textContent('#places-title')).to.equal('找地點');
    expect(await page.getAttribute('html', 'lang')).to.equal('zh-Hant');
    await page.reload();
    expect(await page.textContent('#places-title')).to.equal('找地點');
  });

  it('asks nobody but its own server', async () => {
    await open();
    await page.fill('#places-text', '板橋');
    await said(/places? in/);
    expect(asked.filter((url) => !url.startsWith(`${site.url}/`))).to.deep.equal([]);
  });

  for (const [look, context] of [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { colorScheme: 'light', viewport: PHONE, isMobile: true, hasTouch: true }],
    ['on a phone, dark and Japanese', { colorScheme: 'dark', viewport: PHONE, locale: 'ja-JP' }],
  ] as const) {
    it(`has nothing that axe finds, ${look}`, async () => {
      await open(context);
      await page.fill('#name-text', '清水寺');
      await page.locator('#name-answer strong').waitFor();
      await page.setInputFiles('#pictures-file', site.copy);
      await page.locator('#pictures-list li').first().waitFor();
      await page.fill('#places-text', '板橋');
      await page.locator('[role=option]').first().waitFor();
      await page.press('#places-text', 'ArrowDown');
      const open_ = await violations();
      await page.press('#places-text', 'Enter');
      expect([...open_, ...(await violations())]).to.deep.equal([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).to.be.at.most(
        context.viewport?.width ?? DESKTOP.width,
      );
    });
  }

  async function violations(): Promise<string[]> {
    await page.evaluate(axe.source);
    const found = await page.evaluate<axe.AxeResults>('axe.run()');
    return found.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
    );
  }
});
