// Compiles lib into dist, copies the page of the server, and checks what the compiler can't: that
// the program file is executable and that no import names a TypeScript file. The output is built
// elsewhere and then moved file by file, so that other processes that import or build dist at the
// same time always find every file.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const cache = join(root, '.cache');
const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

mkdirSync(cache, { recursive: true });
// On the same disk as dist, so that a rename replaces a file atomically.
const made = mkdtempSync(join(cache, 'build-'));
process.once('exit', () => rmSync(made, { recursive: true, force: true }));
const compiler = join(root, 'node_modules/typescript/bin/tsc');
compile('tsconfig.build.json', made);
// The element is for browsers: another library of types, so another program.
compile('lib/element/tsconfig.json', join(made, 'element'));
cpSync(join(root, 'lib/server/page'), join(made, 'server/page'), {
  recursive: true,
  filter: (path) => !path.endsWith('.ts'),
});

for (const name of filesOf(made)) {
  if (!name.endsWith('.js')) continue;
  leaveToRuntime(join(made, name));
  const wrong = /(?:from|import)\s*\(?\s*['"](\.[^'"]*\.ts)['"]/.exec(
    readFileSync(join(made, name), 'utf8'),
  );
  if (wrong) fail(`dist/${name} imports ${wrong[1]}, which does not exist there.`);
}
for (const path of Object.values(bin)) {
  const file = join(made, relative('dist', path));
  if (!readFileSync(file, 'utf8').startsWith('#!/usr/bin/env node\n')) {
    fail(`${path} has no #!/usr/bin/env node line.`);
  }
  chmodSync(file, 0o755);
}
replaceDist();

/**
 * The compiler wraps an import specifier that is not a literal in a function, in case it names a
 * TypeScript file. Here it names a package, and bundlers look for their comment right after the
 * bracket.
 */
function leaveToRuntime(file) {
  const code = readFileSync(file, 'utf8');
  if (!code.includes('__rewriteRelativeImportExtension')) return;
  const plain = code
    .replace(/^var __rewriteRelativeImportExtension = [^]*?^};\n/m, '')
    .replace(/import\(__rewriteRelativeImportExtension\(([^()]*)\)\)/g, 'import($1)');
  if (plain.includes('__rewrite')) fail(`${file} keeps a name for the compiler.`);
  writeFileSync(file, plain);
}

function compile(project, outDir) {
  const emit = ['--noEmit', 'false', '--allowImportingTsExtensions', 'false'];
  const args = [compiler, '-p', project, '--outDir', outDir, ...emit, '--incremental', 'false'];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) fail(`${project} does not compile.`);
}

/** Moves new and changed files into dist, then deletes obsolete ones there. */
function replaceDist() {
  const files = filesOf(made);
  for (const name of files) {
    const [from, to] = [join(made, name), join(dist, name)];
    if (existsSync(to) && readFileSync(from).equals(readFileSync(to))) continue;
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
  }
  const wanted = new Set(files);
  for (const name of filesOf(dist)) {
    if (!wanted.has(name)) rmSync(join(dist, name), { force: true });
  }
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function fail(what) {
  console.error(`Build failed: ${what}`);
  process.exit(1);
}
