import { expect } from 'chai';
import type { Dialog, Page } from 'playwright-core';
import { onChromium, showsThat } from './chromium.ts';
import { onSite } from './site.ts';

const TOKEN = 'correct-horse-battery-staple';

describe('the page of a server that asks for a token, in Chromium', function () {
  const chromium = onChromium(this);
  const site = onSite(this, { token: TOKEN });

  /** @param answers - To the question for the token, one after the other. */
  async function open(
    answers: (string | undefined)[],
  ): Promise<{ page: Page; left: () => number }> {
    const context = await chromium.browser.newContext({ locale: 'en-US' });
    const page = await context.newPage();
    page.on('dialog', (dialog: Dialog) => {
      const answer = answers.shift();
      void (answer === undefined ? dialog.dismiss() : dialog.accept(answer));
    });
    await page.goto(site.url);
    return { page, left: () => answers.length };
  }

  it('asks for it until it is right, once for all, and shows thumbnails', async () => {
    const { page, left } = await open(['wrong', TOKEN, 'not asked for']);
    await page.locator('#index-status table').first().waitFor();
    await page.setInputFiles('#pictures-file', site.copy);
    await showsThat(
      page,
      "document.querySelector('#pictures-wall li:has(.rule) img')?.naturalWidth > 0",
    );
    expect(left()).to.equal(1);
    await page.context().close();
  });

  it('asks no more when it is left out, and says what the server says', async () => {
    const { page, left } = await open([undefined, 'not asked for']);
    await page.fill('#places-text input', 'tokyo');
    await page.getByText('TOKEN_MISSING').first().waitFor();
    expect(left()).to.equal(1);
    await page.context().close();
  });
});
