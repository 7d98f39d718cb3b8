import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import ts from 'typescript';
import { COMMANDS } from '../../lib/cli/commands.ts';
import { errorCodes, undocumentedExports } from './documentation.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** README.md and everything in docs/. */
function manual(): string {
  const docs = existsSync(`${root}docs`)
    ? readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' }).map(
        (file) => `docs/${file}`,
      )
    : [];
  return ['README.md', ...docs]
    .filter((file) => file.endsWith('.md') && existsSync(root + file))
    .map((file) => readFileSync(root + file, 'utf8'))
    .join('\n');
}

/** Those of `words` that `text` doesn't have as whole words. */
function missingFrom(text: string, words: readonly string[]): string[] {
  return words.filter((word) => !new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(text)).sort();
}

describe('documentation', () => {
  it('has a comment on every export of the entries', () => {
    const entries = [
      '',
      'analyzers/',
      'autocomplete/',
      'health/',
      'ingest/',
      'knn/',
      'server/',
    ].map((folder) => `lib/${folder}index.ts`);
    expect(undocumentedExports(entries.map((entry) => root + entry))).to.deep.equal([]);
  });

  it('names every command and every flag', () => {
    const named = COMMANDS.flatMap((spec) =>
      'commands' in spec
        ? spec.commands.map(({ name, options }) => ({ name: `${spec.name} ${name}`, options }))
        : [spec],
    );
    const words = named.flatMap(({ name, options }) => [
      `suoyin ${name}`,
      ...options.flatMap(({ flags }) => flags.match(/--[\w-]+/g) ?? []),
    ]);
    expect(words).to.include('--json');
    expect(missingFrom(manual(), [...new Set(words)])).to.deep.equal([]);
  });

  it('names every error code', () => {
    const codes = readdirSync(`${root}lib`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => errorCodes(readFileSync(`${root}lib/${file}`, 'utf8')));
    expect(codes).to.include('SOURCE_NOT_FOUND');
    expect(missingFrom(manual(), [...new Set(codes)])).to.deep.equal([]);
  });
});

describe('documentation checks', () => {
  it('find an export without a comment, also behind a re-export', () => {
    const files: Record<string, string> = {
      '/lib/index.ts': "export { a, b, type C } from './a.ts';\n/** Said. */\nexport const d = 1;",
      '/lib/a.ts': '/** Said. */\nexport const a = 1;\nexport const b = 2;\nexport interface C {}',
    };
    const host = ts.createCompilerHost({});
    const getSourceFile = host.getSourceFile.bind(host);
    host.fileExists = (path) => path in files;
    host.readFile = (path) => files[path];
    host.getSourceFile = (path, options) => {
      const text = files[path];
      if (text === undefined) return getSourceFile(path, options);
      return ts.createSourceFile(path, text, options, true);
    };
    expect(undocumentedExports(['/lib/index.ts'], host)).to.deep.equal([
      '/lib/index.ts: b',
      '/lib/index.ts: C',
    ]);
  });

  it('find codes where errors are made, by whatever helper, and none that is only compared', () => {
    const text = `
      throw new OptionError('LIMIT', 'BAD', 'hint');
      fail(short ? 'NAME_SHORT' : 'NAME_LONG');
      if (error.code === 'OTHER_CODE' || error.code === 'ENOENT') throw new Map('X_Y', 'ERR_Z');
    `;
    expect(errorCodes(text)).to.deep.equal(['LIMIT', 'NAME_SHORT', 'NAME_LONG', 'X_Y']);
  });

  it('take whole words only', () => {
    expect(missingFrom('--json-lines NAME_LONGER', ['--json', 'NAME_LONG'])).to.deep.equal([
      '--json',
      'NAME_LONG',
    ]);
    expect(missingFrom('`--json`, NAME_LONG.', ['--json', 'NAME_LONG'])).to.deep.equal([]);
  });
});
