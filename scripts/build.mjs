// Compiles lib into a fresh dist, copies the page of the server beside it, and checks what the compiler can't: the program file can be run
// and no import still names a TypeScript file.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

rmSync(dist, { recursive: true, force: true });
const compiler = join(root, 'node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) fail('lib does not compile.');
cpSync(join(root, 'lib/server/page'), join(dist, 'server/page'), {
  recursive: true,
  filter: (path) => !path.endsWith('.ts'),
});

for (const name of readdirSync(dist, { recursive: true })) {
  if (!name.endsWith('.js')) continue;
  const wrong = /(?:from|import)\s*\(?\s*['"](\.[^'"]*\.ts)['"]/.exec(
    readFileSync(join(dist, name), 'utf8'),
  );
  if (wrong) fail(`dist/${name} imports ${wrong[1]}, which does not exist there.`);
}
for (const path of Object.values(bin)) {
  const file = join(root, path);
  if (!readFileSync(file, 'utf8').startsWith('#!/usr/bin/env node\n')) {
    fail(`${path} has no #!/usr/bin/env node line.`);
  }
  chmodSync(file, 0o755);
}

function fail(what) {
  console.error(`Build failed: ${what}`);
  process.exit(1);
}
