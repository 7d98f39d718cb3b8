import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createContext, Script } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { build as esbuild } from 'esbuild';
import webpack from 'webpack';
import { tempFolder } from '../support/folders.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NAMES = ['臺北市', '板桥', '霞ヶ関', 'しんj', '서울', 'Ōsaka', '涩谷', 'ハルビン'];

/** What is asked of both entries, here and where there is no Node.js. */
const WORK = `import * as analyzers from 'suoyin/analyzers';
import * as autocomplete from 'suoyin/autocomplete';
const { fold, pinyinKey, pinyinOf, zhuyinKey, romajiKey, detectLanguage } = analyzers;
const { readPlaceRecord, toPlaceDocument, placeQuery } = autocomplete;
const work = async (name) => [
  [fold(name), pinyinOf(name), romajiKey('しんじゅく'), zhuyinKey('ㄅㄢˇ'), pinyinKey('ban3')],
  await detectLanguage(name, { dictionaries: false }),
  toPlaceDocument(readPlaceRecord({ id: 'x', name, kind: 'city', country: 'TW' })),
  placeQuery(name, { language: 'zh-Hant' }),
];
globalThis.done = Promise.all(${JSON.stringify(NAMES)}.map(work)).then(JSON.stringify);`;

type Bundler = (entry: string, folder: string) => Promise<string>;

/** Each makes one script of an entry; what is loaded later is left to where it runs. */
const BUNDLERS: Record<string, Bundler> = {
  async esbuild(entry, folder) {
    const outfile = join(folder, 'esbuild.js');
    const { warnings } = await esbuild({
      entryPoints: [entry],
      outfile,
      bundle: true,
      minify: true,
      format: 'iife',
      platform: 'browser',
      logLevel: 'silent',
      define: { 'import.meta.url': '"https://example.com/"' },
    });
    expect(warnings).to.deep.equal([]);
    return outfile;
  },
  async vite(entry, folder) {
    const config = join(folder, 'vite.config.mjs');
    const lib = { entry, formats: ['iife'], name: 'unused', fileName: 'out' };
    const build = { outDir: join(folder, 'vite'), lib };
    writeFileSync(config, `export default ${JSON.stringify({ root: folder, build })};`);
    const program = join(ROOT, 'node_modules/vite/bin/vite.js');
    const args = [program, 'build', '--config', config, '--logLevel', 'warn'];
    const { stdout, stderr } = await run(process.execPath, args, { cwd: ROOT });
    expect(stdout + stderr).not.to.match(/externalized|resolve/);
    return join(folder, 'vite/out.iife.js');
  },
  async webpack(entry, folder) {
    const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
      webpack(
        {
          mode: 'production',
          target: ['web', 'es2022'],
          context: ROOT,
          entry,
          output: { path: folder, filename: 'webpack.js' },
          performance: false,
        },
        (error, made) => {
          if (error) reject(error);
          else resolve(made);
        },
      );
    });
    const { errors = [], warnings = [] } = stats!.toJson({
      all: false,
      errors: true,
      warnings: true,
    });
    expect([...errors, ...warnings].map(({ message }) => message)).to.deep.equal([]);
    return join(folder, 'webpack.js');
  },
};

/** Runs a script where there are the globals of a worker at the edge, and none of Node.js. */
async function runWithoutNode(code: string): Promise<unknown> {
  const globals = { TextDecoder, TextEncoder, URL, atob, structuredClone, console, done: null };
  const context = createContext(globals) as { done: Promise<string> | null };
  new Script(code).runInContext(context);
  return JSON.parse(await context.done!);
}

describe('bundles without Node.js', () => {
  // In the checkout, so that `suoyin` is found as a user's package is.
  let folder: string;

  before(() => {
    folder = join(ROOT, '.suoyin', `anywhere-${process.pid}`);
    mkdirSync(folder, { recursive: true });
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [name, bundle] of Object.entries(BUNDLERS)) {
    it(`${name} makes one that works the same without Node.js`, async () => {
      const inside = join(folder, `${name}.mjs`);
      writeFileSync(inside, WORK);
      const code = readFileSync(await bundle(inside, tempFolder()), 'utf8');
      expect(code).not.to.match(
        /\b(?:require|from|import)\s*\(?["'](?:node:\w+|fs|path|module)["']/,
      );
      await import(inside);
      const here = await (globalThis as unknown as { done: Promise<string> }).done;
      expect(await runWithoutNode(code)).to.deep.equal(JSON.parse(here));
      const size = gzipSync(code, { level: 9 }).length;
      console.log(`      analyzers and autocomplete by ${name}: ${Math.round(size / 1000)} kB`);
    });
  }

  it('take no more than is used of them', async () => {
    const sizes: Record<string, number> = {};
    for (const [what, entry] of [
      ['fold', 'analyzers'],
      ['detectLanguage', 'analyzers'],
      ['placeQuery', 'autocomplete'],
      ['toPlaceDocument', 'autocomplete'],
    ] as const) {
      const { outputFiles } = await esbuild({
        stdin: {
          contents: `export { ${what} } from 'suoyin/${entry}';`,
          resolveDir: ROOT,
        },
        bundle: true,
        minify: true,
        write: false,
        format: 'esm',
        platform: 'browser',
      });
      sizes[what] = Math.round(gzipSync(outputFiles[0]!.contents, { level: 9 }).length / 1000);
      console.log(`      ${what}: ${sizes[what]} kB`);
    }
    expect(sizes['fold']).to.be.below(50);
  });

  it('say what is missing where a dictionary or a file is asked for', async () => {
    const inside = join(folder, 'missing.mjs');
    writeFileSync(
      inside,
      `import { loadChinese, loadJapanese } from 'suoyin/analyzers';
       import { placeMapping } from 'suoyin/autocomplete';
       const codeOf = async (run) => { try { await run(); return null; } catch (error) { return error.code; } };
       globalThis.done = Promise.all([loadChinese, loadJapanese, placeMapping].map(codeOf)).then(JSON.stringify);`,
    );
    const script = await BUNDLERS['esbuild']!(inside, tempFolder());
    expect(await runWithoutNode(readFileSync(script, 'utf8'))).to.deep.equal(
      Array(3).fill('MISSING_DEPENDENCY'),
    );
  });
});
