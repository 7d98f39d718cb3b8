// Prepares a checkout: installs the dependencies of package-lock.json and builds dist from lib.
// Silently does nothing if both are up to date. Uses Node only, since it runs before any dependency
// is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stampFile = join(root, 'node_modules/.suoyin-setup.json');
const inputs = ['lib', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

checkNode();
const stamp = readStamp();
const locked = digest(['package-lock.json']);
if (!installed()) {
  // npm sets npm_execpath to its own script; without it (plain `node scripts/setup.mjs`), npm is
  // found on the PATH.
  const npm = process.env.npm_execpath;
  // Not `npm ci`: it refuses a lock file that was made with a registry that lacked the binary of
  // some platform.
  const args = ['install', '--no-save', '--no-audit', '--no-fund'];
  console.error('Installing dependencies ...');
  if (npm?.endsWith('.js')) run(process.execPath, [npm, ...args]);
  else run('npm', args, { shell: process.platform === 'win32' });
}
const sources = digest(inputs);
if (stamp.built !== sources || !existsSync(join(root, 'dist/index.js'))) {
  console.error('Building dist ...');
  run(process.execPath, [join(root, 'scripts/build.mjs')]);
}
writeStamp({ installed: locked, built: sources });

function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [major, minor] = engines.node.match(/\d+/g).map(Number);
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  console.error(`suoyin needs Node.js ${engines.node}; this is ${process.versions.node}.`);
  console.error('Install a newer one (https://nodejs.org, or `nvm install 22`) and run it again.');
  process.exit(1);
}

/** Whether node_modules matches package-lock.json, however it was installed. */
function installed() {
  if (stamp.installed === locked) return true;
  const tree = join(root, 'node_modules/.package-lock.json');
  return (
    existsSync(tree) && statSync(tree).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
  );
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

function writeStamp(next) {
  if (stamp.installed === next.installed && stamp.built === next.built) return;
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, JSON.stringify(next));
}

/** SHA-256 over names and contents of files and folders, so that it also detects a deleted file. */
function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesOf).sort()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesOf(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path)).flatMap((name) => filesOf(`${path}/${name}`));
}

function run(command, args, options) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    ...options,
  });
  if (status === 0) return;
  console.error(
    error ? `${command} did not start: ${error.message}` : `Failed: ${command} ${args.join(' ')}`,
  );
  process.exit(1);
}
