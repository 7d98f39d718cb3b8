import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pkg = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  exports: Record<string, string | { types: string; default: string }>;
  bin: Record<string, string>;
  files: string[];
  main: string;
  types: string;
};

/** The file in the checkout that a packed path comes from: dist is compiled from lib. */
function sourceOf(path: string): string {
  return path.replace(/^\.?\/?dist\//, 'lib/').replace(/(\.d\.ts|\.js)$/, '.ts');
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
    for (const file of readdirSync(`${root}mappings`).filter((name) => name.endsWith('.json'))) {
      expect(pkg.exports[`./mappings/${file}`]).to.equal(`./mappings/${file}`);
    }
  });

  it('packs the build, the mappings and the documents, and no sources, tests or data', () => {
    const made = ['dist', 'mappings', 'ARCHITECTURE.md', 'CHANGELOG.md', 'NOTICE'];
    expect([...pkg.files].sort()).to.deep.equal([...made].sort());
    expect(made.slice(1).filter((file) => !existsSync(root + file))).to.deep.equal([]);
  });

  it('runs its program by a file that starts with the Node.js line', () => {
    const main = readFileSync(root + sourceOf(pkg.bin['suoyin'] ?? ''), 'utf8');
    expect(main.startsWith('#!/usr/bin/env node\n')).to.equal(true);
  });
});
