import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { breaches } from './module-rules.ts';

const lib = fileURLToPath(new URL('../../lib/', import.meta.url));

function breachesOf(files: Record<string, string>): string[] {
  return breaches(new Map(Object.entries({ 'errors.ts': '', ...files })));
}

describe('module rules', () => {
  it('hold in lib', () => {
    const paths = readdirSync(lib, { recursive: true, encoding: 'utf8' })
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
      // A program of its own, for browsers; its package is its folder.
      .filter((path) => !path.startsWith('element/'));
    expect(paths).to.include('errors.ts');
    const sources = new Map(paths.map((path) => [path, readFileSync(`${lib}/${path}`, 'utf8')]));
    expect(breaches(sources)).to.deep.equal([]);
  });

  it('let autocomplete import analyzers and every folder import errors', () => {
    const files = {
      'analyzers/fold.ts': "import { OptionError } from '../errors.ts';",
      'autocomplete/query.ts': "import { fold } from '../analyzers/fold.ts';",
    };
    expect(breachesOf(files)).to.deep.equal([]);
  });

  it('keep analyzers from importing autocomplete, types included', () => {
    const files = {
      'analyzers/fold.ts': "import type { PlaceQuery } from '../autocomplete/query.ts';",
      'autocomplete/query.ts': '',
    };
    expect(breachesOf(files)).to.deep.equal(['analyzers/fold.ts imports autocomplete/query.ts']);
  });

  it('keep feature folders from importing engines, also by re-export and import()', () => {
    const files = {
      'autocomplete/a.ts': "export { open } from '../engines/open.ts';",
      'autocomplete/b.ts': "export const later = () => import('../engines/open.ts');",
      'engines/open.ts': '',
    };
    expect(breachesOf(files)).to.deep.equal([
      'autocomplete/a.ts imports engines/open.ts',
      'autocomplete/b.ts imports engines/open.ts',
    ]);
  });

  it('keep everything from importing cli', () => {
    const files = { 'index.ts': "export { main } from './cli/main.ts';", 'cli/main.ts': '' };
    expect(breachesOf(files)).to.deep.equal(['index.ts imports cli/main.ts']);
  });

  it('keep I/O out of pure folders and of lib itself', () => {
    const files = {
      'autocomplete/query.ts': "import { readFileSync } from 'node:fs';",
      'place-index.ts': "import { connect } from 'node:net';",
      'rebuild/scan.ts': "import { open } from 'node:fs/promises';",
      'analyzers/kuromoji.ts': "import { createRequire } from 'node:module';",
    };
    expect(breachesOf(files)).to.deep.equal([
      'autocomplete/query.ts is pure but imports node:fs',
      'place-index.ts is pure but imports node:net',
    ]);
  });

  it('ask for node: before a built-in module', () => {
    expect(breachesOf({ 'rebuild/scan.ts': "import 'fs';" })).to.deep.equal([
      'rebuild/scan.ts imports fs without node:',
    ]);
  });

  it('give each package to one file', () => {
    const files = {
      'analyzers/a.ts': "import { Converter } from 'opencc-js/core';",
      'analyzers/b.ts': "const OpenCC = require('opencc-js');",
      'analyzers/c.ts': "import { Jieba } from '@node-rs/jieba';",
    };
    expect(breachesOf(files)).to.deep.equal([
      'opencc-js is imported by analyzers/a.ts and analyzers/b.ts',
    ]);
  });

  it('keep process, console, clock and chance to cli and server', () => {
    const text = 'console.log(process.env.HOME, Date.now(), new Date(), Math.random());';
    expect(breachesOf({ 'cli/main.ts': text, 'server/main.ts': text })).to.deep.equal([]);
    expect(breachesOf({ 'engines/open.ts': text }).sort()).to.deep.equal([
      'engines/open.ts uses Date.now',
      'engines/open.ts uses Math.random',
      'engines/open.ts uses console.log',
      'engines/open.ts uses new Date()',
      'engines/open.ts uses process.env',
    ]);
    expect(breachesOf({ 'engines/open.ts': 'new Date(0); const process = 1;' })).to.deep.equal([]);
  });

  it('refuse imports of files that are not in lib and folders without rules', () => {
    const files = {
      'index.ts': "import '../test/support.ts';",
      'misc/a.ts': "import '../index.ts';",
    };
    expect(breachesOf(files)).to.deep.equal([
      'index.ts imports ../test/support.ts, which is not in lib',
      'misc/a.ts is in a folder without rules',
    ]);
  });

  it('keep engines from knowing each other, and the cluster from knowing a product', () => {
    const files = {
      'engines/cluster/index.ts': "import type { X } from '../opensearch/dialect.ts';",
      'engines/opensearch/dialect.ts': "import type { D } from '../cluster/dialect.ts';",
      'engines/cluster/dialect.ts': '',
      'engines/embedded/index.ts': "import '../cluster/dialect.ts';",
    };
    expect(breachesOf(files)).to.deep.equal([
      'engines/cluster/index.ts imports engines/opensearch/dialect.ts: a cluster is given a dialect',
      'engines/embedded/index.ts imports engines/cluster/dialect.ts: an engine knows no other',
    ]);
  });

  it('refuse circles of imports, but for imports of types', () => {
    const files = {
      'knn/a.ts': "import { b } from './b.ts';",
      'knn/b.ts': "export { c } from './c.ts';",
      'knn/c.ts': "import { type T, a } from './a.ts';",
      'knn/d.ts': "import { e } from './e.ts';",
      'knn/e.ts': "import type { D } from './d.ts'; export type { F } from './d.ts';",
    };
    expect(breachesOf(files)).to.deep.equal([
      'knn/a.ts imports knn/b.ts imports knn/c.ts imports knn/a.ts: a circle',
    ]);
  });

  it('hold files to 400 lines', () => {
    expect(breachesOf({ 'index.ts': '\n'.repeat(400) })).to.deep.equal([]);
    expect(breachesOf({ 'index.ts': '\n'.repeat(401) })).to.deep.equal([
      'index.ts is longer than 400 lines',
    ]);
  });
});
