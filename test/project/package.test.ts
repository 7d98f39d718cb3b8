import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pkg = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  exports: Record<string, string | { types: string; default: string }>;
  bin: Record<string, string>;
  files: string[];
  repository: { url: string };
  main: string;
  types: string;
};

/** The file in the checkout that a packed path comes from: dist is compiled from lib. */
function sourceOf(path: string): string {
  const source = path.replace(/^\.?\/?dist\//, 'lib/').replace(/\.d\.ts$/, '.js');
  return existsSync(root + source) ? source : source.replace(/\.js$/, '.ts');
}

describe('package.json', () => {
  it('exports only files that are there or that the build makes', () => {
    const targets = Object.values(pkg.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : [target.types, target.default],
    );
    const paths = [...targets, ...Object.values(pkg.bin), pkg.main, pkg.types];
    expect(paths.filter((path) => !existsSync(root + sourceOf(path)))).to.deep.equal([]);
  });

  it('exports every mapping', () => {
    const names = readdirSync(`${root}mappings`, { recursive: true, encoding: 'utf8' });
    for (const file of names.filter((name) => name.endsWith('.json'))) {
      expect(pkg.exports[`./mappings/${file}`]).to.equal(`./mappings/${file}`);
    }
  });

  it('packs the build, the mappings and the documents, and no sources, tests or data', () => {
    const documents = ['CHANGELOG', 'README.ja', 'README.zh-Hans', 'README.zh-Hant', 'SECURITY'];
    const made = [
      'dist',
      'mappings',
      'docs/*.md',
      'docs/ja',
      'docs/zh-hans',
      'docs/zh-hant',
      'examples/data',
      'examples/grafana',
      'examples/search-box',
      'deploy',
      'NOTICE',
      ...documents.map((each) => `${each}.md`),
    ];
    expect([...pkg.files].sort()).to.deep.equal([...made].sort());
    const files = made.filter((file) => file !== 'dist' && !file.includes('*'));
    expect(files.filter((file) => !existsSync(root + file))).to.deep.equal([]);
  });

  it('links from its documents what is there, and what is not packed by its address in the repository', () => {
    const isPacked = (path: string): boolean =>
      path === 'README.md' ||
      /^docs\/[^/]+\.md$/.test(path) ||
      pkg.files.some((each) => path === each || path.startsWith(`${each}/`));
    const documents = ['', 'docs/', 'docs/ja/', 'docs/zh-hans/', 'docs/zh-hant/', 'mappings/']
      .flatMap((folder) => readdirSync(root + folder).map((name) => folder + name))
      .filter((path) => path.endsWith('.md') && isPacked(path));
    const repository = `${pkg.repository.url.replace(/^git\+|\.git$/g, '')}/blob/main/`;
    const targets = documents.flatMap((path) =>
      Array.from(
        readFileSync(root + path, 'utf8').matchAll(/\]\(([^)#\s]+)/g),
        ([, target = '']) => ({ path, target }),
      ),
    );
    const linked = targets.flatMap(({ path, target }) =>
      target.startsWith('https:') ? [] : [normalize(join(dirname(path), target))],
    );
    const inRepository = targets.flatMap(({ target }) =>
      target.startsWith(repository) ? [target.slice(repository.length)] : [],
    );
    expect(linked).to.include('docs/errors.md');
    expect(inRepository).to.include('examples/06-fastify.ts');
    const wanted = [...linked, ...inRepository];
    expect(wanted.filter((path) => !existsSync(root + path))).to.deep.equal([]);
    // Pictures are shown by the repository and the site.
    const isPicture = /^docs\/screenshots\//;
    expect(linked.filter((path) => !isPacked(path) && !isPicture.test(path))).to.deep.equal([]);
  });

  it('runs its program by a file that starts with the Node.js line', () => {
    const main = readFileSync(root + sourceOf(pkg.bin['suoyin'] ?? ''), 'utf8');
    expect(main.startsWith('#!/usr/bin/env node\n')).to.equal(true);
  });
});

describe('workflows', () => {
  it('run actions of other repositories at a fixed commit', () => {
    const workflows = readdirSync(`${root}.github/workflows`);
    const used = workflows.flatMap((file) =>
      Array.from(
        readFileSync(`${root}.github/workflows/${file}`, 'utf8').matchAll(/uses: (.+)$/gm),
        ([, action = '']) => action,
      ),
    );
    const others = used.filter((action) => !action.startsWith('./'));
    expect(others).to.not.deep.equal([]);
    expect(
      others.filter((action) => !/^[\w/-]+@[0-9a-f]{40} # v[\d.]+$/.test(action)),
    ).to.deep.equal([]);
  });
});
