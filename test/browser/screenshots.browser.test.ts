import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions } from 'playwright-core';
import sharp from 'sharp';
import { onChromium } from './chromium.ts';
import { onSite } from './site.ts';

const FOLDER = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));

/** `SCREENSHOTS=1 npx mocha test/browser/screenshots.browser.test.ts`; needs fonts for Chinese and Japanese. */
const SHOTS: Readonly<Record<string, BrowserContextOptions & { typed: string; name: string }>> = {
  'playground-light': {
    locale: 'en-US',
    colorScheme: 'light',
    viewport: { width: 1280, height: 1080 },
    typed: 'ㄅㄢˇㄑ',
    name: '清水寺',
  },
  'playground-phone-dark': {
    locale: 'ja-JP',
    colorScheme: 'dark',
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 1.5,
    typed: 'しんj',
    name: '涩谷',
  },
};

if (process.env['SCREENSHOTS']) {
  describe('screenshots', function () {
    const chromium = onChromium(this);
    const site = onSite(this);
    for (const [file, { typed, name, ...context }] of Object.entries(SHOTS)) {
      it(file, async () => {
        const page = await (await chromium.browser.newContext(context)).newPage();
        await page.goto(site.url);
        if (context.locale === 'en-US') await page.selectOption('#places-language', 'zh-Hant');
        await page.fill('#name-text', name);
        await page.locator('#name-answer strong').waitFor();
        await page.setInputFiles('#pictures-file', site.copy);
        await page.locator('#pictures-list img').first().waitFor();
        for (const image of await page.locator('#pictures-list img').all()) {
          await image.evaluate('(image) => image.decode()');
        }
        // Not the first question of all, which is slower than any after it.
        await page.fill('#places-text', '台');
        await page.locator('[role=option]').first().waitFor();
        await page.fill('#places-text', typed);
        await page.locator('#places-list').filter({ hasNotText: '台北' }).waitFor();
        await page.locator('[role=option]').first().waitFor();
        await page.press('#places-text', 'ArrowDown');
        await page.evaluate('scrollTo(0, 0)');
        mkdirSync(FOLDER, { recursive: true });
        const shot = sharp(await page.screenshot());
        await shot.png({ palette: true, effort: 10 }).toFile(`${FOLDER}${file}.png`);
      });
    }
  });
}
