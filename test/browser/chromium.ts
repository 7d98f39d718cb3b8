import { existsSync } from 'node:fs';
import type { Suite } from 'mocha';
import { type Browser, chromium } from 'playwright-core';
import { closeAtEnd } from '../support/lifetime.ts';

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
