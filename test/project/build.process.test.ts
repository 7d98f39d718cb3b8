import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { tempFolder } from '../support/folders.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('scripts/build.mjs', () => {
  let project: string;
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  };
  /** Exit code, and what it says of a failure. */
  const build = async (): Promise<[number, string]> => {
    const child = spawn(process.execPath, [join(project, 'scripts/build.mjs')]);
    let said = '';
    child.stdout.resume();
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = (await once(child, 'close')) as [number];
    return [code, said];
  };

  before(async () => {
    project = tempFolder();
    cpSync(`${root}scripts/build.mjs`, join(project, 'scripts/build.mjs'), { recursive: true });
    symlinkSync(`${root}node_modules`, join(project, 'node_modules'), 'junction');
    put('package.json', '{ "type": "module", "bin": { "one": "dist/cli/main.js" } }');
    const compilerOptions = {
      ...{ module: 'nodenext', target: 'es2022', lib: ['es2022'], types: [] },
      ...{ rewriteRelativeImportExtensions: true, strict: true, skipLibCheck: true },
    };
    const options = {
      compilerOptions: { ...compilerOptions, rootDir: 'lib', outDir: 'dist' },
      include: ['lib'],
      exclude: ['lib/element'],
    };
    put('tsconfig.build.json', JSON.stringify(options));
    put('lib/element/tsconfig.json', JSON.stringify({ compilerOptions, include: ['.'] }));
    put('lib/element/index.ts', 'export const element = 1;\n');
    put('lib/cli/main.ts', "#!/usr/bin/env node\nimport { one } from '../index.ts';\none;\n");
    put('lib/index.ts', 'export const one = 1;\n');
    put('lib/old.ts', 'export const old = 1;\n');
    put('lib/server/page/index.html', '<p>1</p>');
    expect(await build()).to.deep.equal([0, '']);
  });

  it('keeps every file in its place while two builds run, and leaves what is the same alone', async () => {
    const files = ['cli/main.js', 'index.js', 'element/index.js', 'server/page/index.html'].map(
      (name) => join(project, 'dist', name),
    );
    const madeAt = (file: string): number => statSync(join(project, 'dist', file)).ctimeMs;
    const [page, old] = [madeAt('server/page/index.html'), join(project, 'dist/old.js')];
    expect(existsSync(old)).to.equal(true);
    put('lib/index.ts', 'export const one = 2;\n');
    rmSync(join(project, 'lib/old.ts'));

    let running = true;
    const builds = Promise.all([build(), build()]).finally(() => (running = false));
    const missing = new Set<string>();
    while (running) {
      for (const file of files) if (!existsSync(file)) missing.add(file);
      await turn();
    }
    expect(await builds).to.deep.equal([
      [0, ''],
      [0, ''],
    ]);
    expect([...missing]).to.deep.equal([]);
    expect(readFileSync(join(project, 'dist/index.js'), 'utf8')).to.equal(
      'export const one = 2;\n',
    );
    expect(existsSync(old)).to.equal(false);
    expect(madeAt('server/page/index.html')).to.equal(page);
    expect(readdirSync(join(project, '.cache'))).to.deep.equal([]);
  });

  it('leaves dist as it was where lib does not compile', async () => {
    put('lib/index.ts', 'export const one: string = 3;\n');
    const [code, said] = await build();
    expect([code, said.trim()]).to.deep.equal([
      1,
      'Build failed: tsconfig.build.json does not compile.',
    ]);
    expect(readFileSync(join(project, 'dist/index.js'), 'utf8')).to.not.include('3');
    expect(readdirSync(join(project, '.cache'))).to.deep.equal([]);
  });
});
