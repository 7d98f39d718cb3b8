import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions } from 'playwright-core';
import sharp from 'sharp';
import { onChromium, showsThat } from './chromium.ts';
import { onSite } from './site.ts';

const FOLDER = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));

/** `SCREENSHOTS=1 npx mocha test/browser/screenshots.browser.test.ts`; needs fonts for Chinese and Japanese. */
const SHOTS: Readonly<Record<string, BrowserContextOptions & { typed: string; reader?: string }>> =
  {
    'playground-light': {
      locale: 'en-US',
      colorScheme: 'light',
      viewport: { width: 1280, height: 1080 },
      typed: 'ㄅㄢˇㄑ',
      reader: 'zh-Hant',
    },
    'playground-dark': {
      locale: 'zh-TW',
      colorScheme: 'dark',
      viewport: { width: 1280, height: 1080 },
      typed: '中正',
    },
    'playground-phone-light': {
      locale: 'zh-CN',
      colorScheme: 'light',
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 1.5,
      typed: '高熊',
    },
    'playground-phone-dark': {
      locale: 'ja-JP',
      colorScheme: 'dark',
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 1.5,
      typed: 'しんj',
    },
  };

/** What the moving picture types, each as an input method shows it, and milliseconds that it stands. */
const FRAMES: readonly [text: string, stands: number][] = [
  ...['', 'ㄅ', 'ㄅㄢ', 'ㄅㄢˇ'].map((text): [string, number] => [text, 450]),
  ['ㄅㄢˇㄑ', 1800],
  ['し', 450],
  ['しん', 450],
  ['しんj', 1800],
  ['漢', 450],
  ['漢城', 1800],
  ['基隆', 450],
  ['基隆中正', 1800],
  ['高', 450],
  ['高熊', 2200],
];

if (process.env['SCREENSHOTS']) {
  describe('screenshots', function () {
    const chromium = onChromium(this);
    const site = onSite(this);
    it('playground, moving', async () => {
      const page = await (
        await chromium.browser.newContext({
          locale: 'en-US',
          viewport: { width: 880, height: 640 },
          reducedMotion: 'reduce',
        })
      ).newPage();
      // First answers are slower than any after them.
      for (const [q] of FRAMES)
        await page.request.get(`${site.url}/suggest`, { params: { q, language: 'zh-Hant' } });
      await page.goto(`${site.url}/?reader=zh-Hant`);
      const frames: Buffer[] = [];
      const box = page.locator('#places-text input');
      await box.focus();
      for (const [text] of FRAMES) {
        const answered = text === '' ? null : page.waitForResponse(/[/]suggest\?/);
        await page.fill('#places-text input', text);
        await answered;
        // The answer is shown, and the map has flown to it.
        await page.waitForTimeout(900);
        frames.push(await page.screenshot());
      }
      const delay = FRAMES.map(([, stands]) => stands);
      const moving = sharp(frames, { join: { animated: true } });
      await moving
        .webp({ delay, loop: 0, quality: 70, effort: 6, smartSubsample: true })
        .toFile(`${FOLDER}playground.webp`);
    });

    for (const [file, { typed, reader, ...context }] of Object.entries(SHOTS)) {
      it(file, async () => {
        const page = await (await chromium.browser.newContext(context)).newPage();
        await page.goto(`${site.url}/?${reader ? `reader=${reader}&` : ''}q=台`);
        await page.locator('[role=option]').first().waitFor();
        await showsThat(
          page,
          "[...document.querySelectorAll('#pictures-wall img')].every((image) => image.naturalWidth > 0)",
        );
        // Not the first question of all, which is slower than any after it.
        await page.fill('#places-text input', typed);
        await page.locator('#places-text li').filter({ hasNotText: '台北' }).first().waitFor();
        await page.press('#places-text input', 'ArrowDown');
        // The map flies.
        await page.waitForTimeout(1500);
        await page.evaluate('scrollTo(0, 0)');
        mkdirSync(FOLDER, { recursive: true });
        const shot = sharp(await page.screenshot());
        await shot.png({ palette: true, effort: 10 }).toFile(`${FOLDER}${file}.png`);
      });
    }
  });
}
