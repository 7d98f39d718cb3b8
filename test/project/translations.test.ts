import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));
const LANGUAGES = { ja: 'ja', 'zh-hans': 'zh-Hans', 'zh-hant': 'zh-Hant' };
const TRANSLATED = ['data.md', 'images.md', 'index.md', 'search-box.md', 'walkthrough.md'];

const read = (path: string): string => readFileSync(path, 'utf8');

/** Commands, their outputs and files, as they stand. */
function fences(text: string): string[] {
  return Array.from(text.matchAll(/^```[^]*?^```$/gm), ([all]) => all);
}

const prose = (text: string): string => text.replaceAll(/^```[^]*?^```$/gm, '');

/** How many headings, rows of tables and items of lists there are: a passage that one page lacks shows here. */
function outline(text: string): Record<string, number> {
  const count = (pattern: RegExp): number => prose(text).match(pattern)?.length ?? 0;
  return { headings: count(/^#+ /gm), rows: count(/^\|/gm), items: count(/^(?:-|\d+\.) /gm) };
}

/** Names of options, fields and commands that are not in a fence. */
function spans(text: string): string[] {
  const found = prose(text).matchAll(/(`+)([^`]+)\1/g);
  return [...new Set(Array.from(found, ([, , span = '']) => span.replaceAll(/\s+/g, ' ')))].sort();
}

/** Pages linked from `page`, from docs/ on, each as its English name. */
function links(text: string, page: string): string[] {
  const own = text.matchAll(/\]\(([\w./-]+\.md)(?:#[^)]*)?\)/g);
  const targets = Array.from(own, ([, to = '']) => posix.join(posix.dirname(page), to));
  return [...new Set(targets.map((to) => to.replace(/^(docs\/)(?:ja|zh-\w+)\//, '$1')))].sort();
}

describe('pages in other languages', () => {
  for (const language of Object.keys(LANGUAGES)) {
    it(`${language} has the pages that are translated, and only pages that are tested`, () => {
      expect(readdirSync(docs + language).sort()).to.deep.equal(TRANSLATED);
    });

    for (const page of TRANSLATED.filter((each) => each !== 'index.md')) {
      const [own, english] = [`${docs}${language}/${page}`, docs + page];

      it(`${language}/${page} has the commands, files and outputs of the English page`, () => {
        expect(fences(read(own))).to.deep.equal(fences(read(english)));
      });

      it(`${language}/${page} has the headings, rows, items and names of options of the English page`, () => {
        if (page !== 'walkthrough.md') {
          expect(outline(read(own))).to.deep.equal(outline(read(english)));
          expect(spans(read(own))).to.include.members(spans(read(english)));
        }
        expect(outline(read(own)).headings).to.equal(outline(read(english)).headings);
      });

      it(`${language}/${page} links pages in its language where there are such`, () => {
        const targets = Array.from(
          read(own).matchAll(/\]\(([\w./-]+\.md)(?:#[^)]*)?\)/g),
          ([, to = '']) => join(dirname(own), to),
        );
        for (const target of targets) {
          expect(existsSync(target), target).to.equal(true);
          const translated = join(docs, language, target.slice(docs.length));
          if (dirname(target) === docs.slice(0, -1))
            expect(existsSync(translated), `${target} is in ${language}, too`).to.equal(false);
        }
      });
    }
  }

  it('have a README each, with the commands and links of the English one and of its size', () => {
    const english = read(`${root}README.md`);
    expect(Buffer.byteLength(english)).to.be.at.most(8192);
    const commands = (text: string): string[] =>
      Array.from(text.matchAll(/\bnp[mx] [\w:-]+(?: [\w-]+)?/g), ([command]) => command);
    const documentation = (text: string): string[] =>
      links(text, 'README.md').filter((to) => to.startsWith('docs/'));
    for (const [folder, language] of Object.entries(LANGUAGES)) {
      const text = read(`${root}README.${language}.md`);
      expect(commands(text), language).to.deep.equal(commands(english));
      expect(documentation(text), language).to.deep.equal(documentation(english));
      for (const page of TRANSLATED)
        expect(text, 'a page that is translated').not.to.include(`](docs/${page})`);
      for (const [, to = ''] of text.matchAll(/\]\((docs\/[^)#]+)/g))
        expect(existsSync(root + to), to).to.equal(true);
      expect(text).to.include(`](docs/${folder}/`);
    }
  });
});
