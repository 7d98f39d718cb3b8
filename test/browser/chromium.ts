import { existsSync } from 'node:fs';
import type { Suite } from 'mocha';
import { type Browser, chromium, type Page } from 'playwright-core';
import { closeAtEnd } from '../support/lifetime.ts';
import { until } from '../support/polling.ts';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Gives a suite a real browser without a window: CHROMIUM_PATH, or one of Debian's and Google's
 * places. Where there is none its tests are skipped with the reason, and in CI they fail.
 *
 * @returns Running when the first test runs.
 */
export function onChromium(suite: Suite): { browser: Browser } {
  const running = { browser: null as unknown as Browser };
  suite.beforeAll(async function () {
    const given = process.env['CHROMIUM_PATH'];
    const executablePath = (given ? [given] : PATHS).find((path) => existsSync(path));
    if (executablePath === undefined) {
      const reason = `none of ${given ?? PATHS.join(', ')} is there`;
      if (process.env['CI']) throw new Error(`CI needs Chromium: ${reason}`);
      console.log(`    skipped: no Chromium (${reason})`);
      this.skip();
    }
    running.browser = closeAtEnd(await chromium.launch({ executablePath, args: ARGS }));
  });
  return running;
}

/**
 * Waits until an expression of JavaScript holds in a page. Asked anew from here each time: what the page itself
 * would repeat is forbidden by the rules that it sets for its scripts.
 */
export async function showsThat(page: Page, expression: string): Promise<void> {
  await until(() => page.evaluate<boolean>(expression));
}
