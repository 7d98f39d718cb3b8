// Compiles lib into dist, copies the page of the server beside it, and checks what the compiler can't:
// the program file can be run and no import still names a TypeScript file. Made elsewhere first, then moved
// file by file, so that whoever imports dist meanwhile, or builds it too, finds every file at any time.
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
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const cache = join(root, '.cache');
const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

mkdirSync(cache, { recursive: true });
// On the same disk as dist, where a rename replaces a file at once.
const made = mkdtempSync(join(cache, 'build-'));
process.once('exit', () => rmSync(made, { recursive: true, force: true }));
const compiler = join(root, 'node_modules/typescript/bin/tsc');
const args = [compiler, '-p', 'tsconfig.build.json', '--outDir', made];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
if (status !== 0) fail('lib does not compile.');
cpSync(join(root, 'lib/server/page'), join(made, 'server/page'), {
  recursive: true,
  filter: (path) => !path.endsWith('.ts'),
});

for (const name of filesOf(made)) {
  if (!name.endsWith('.js')) continue;
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

/** Moves what is new or differs into dist, and then deletes there what is made no more. */
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
