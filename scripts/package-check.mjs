// Checks the package as users get it: it is packed, linted (publint, are-the-types-wrong),
// installed into an empty project, imported, required and used there on every supported Node.js,
// and compiled against (test/types) with the oldest and the newest TypeScript. Prints one `ok`,
// `not ok` or `skipped` line per check.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { name, version, devDependencies } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);
const folder = mkdtempSync(join(tmpdir(), 'suoyin-package-'));
const project = join(folder, 'project');
/**
 * Largest packed file, in bytes: the model of names has half of it, dictionaries come with the dependencies.
 */
const PACKED_LIMIT = 1_600_000;
/** Further versions, besides the one that runs this script. */
const NODE_MAJORS = [22, 24];
const ENTRIES = ['', '/analyzers', '/autocomplete', '/health', '/ingest', '/knn', '/server'].map(
  (path) => name + path,
);
const JSONS = [
  'mappings/places.json',
  'mappings/names.json',
  'mappings/images.json',
  'package.json',
];
/**
 * Earlier versions silently read the declarations as `any`, since they import each other as
 * `./x.ts`.
 */
const OLDEST_TYPESCRIPT = '5.0';
const INSTALL = ['install', '--no-audit', '--no-fund', '--prefer-offline'];
let failed = 0;

try {
  const tarball = checkTarball();
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  check('installs into an empty project', run('npm', [...INSTALL, tarball], project));
  // A copy, so that imports resolve from the empty project, not from this checkout.
  cpSync(join(root, 'scripts/package-use.mjs'), join(project, 'use.mjs'));
  checkUse(process.execPath);
  for (const major of NODE_MAJORS.filter((each) => each !== majorOf(process.version))) {
    const other = installNode(major);
    if (other !== null) checkUse(other);
  }
  checkTypes();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

/** @returns The path of the packed file. */
function checkTarball() {
  const packed = run('npm', ['pack', '--json', '--pack-destination', folder], root);
  const [facts] = check('npm pack', packed, (out) => JSON.parse(out)) ?? [{}];
  const tarball = join(folder, facts.filename ?? 'missing.tgz');
  check(`${facts.size} bytes packed, at most ${PACKED_LIMIT}`, packed, () => {
    if (!(facts.size <= PACKED_LIMIT)) throw new Error('It is too large.');
  });
  check('publint', run('npx', ['publint', 'run', tarball, '--strict'], root));
  check('attw', run('npx', ['attw', tarball, '--profile', 'esm-only', '--no-emoji'], root));
  return tarball;
}

/** @returns The program, or null if it can't be installed, which is a failure in CI. */
function installNode(major) {
  const home = join(folder, `node-${major}`);
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{ "private": true }');
  // The package `node` only installs this one, by a script that newer npm versions do not run by
  // default.
  const { platform, arch } = process;
  const system = platform === 'win32' ? 'win' : platform;
  const binary = `${platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node'}-${system}-${arch}`;
  const installed = run('npm', [...INSTALL, '--ignore-scripts', `${binary}@${major}`], home);
  const file = platform === 'win32' ? 'node.exe' : 'node';
  const program = join(home, 'node_modules', binary, 'bin', file);
  if (majorOf(run(program, ['--version']).stdout) === major) return program;
  const reason = `${binary}@${major} can't be installed here`;
  if (process.env.CI) check(`Node.js ${major}: ${reason}`, { ...installed, status: 1 });
  else console.log(`skipped Node.js ${major}: ${reason}`);
  return null;
}

function checkUse(program) {
  const on = (title) => `${title} on Node.js ${run(program, ['--version']).stdout.trim()}`;
  const node = (...args) => run(program, args, project);
  const show = (from) =>
    `console.log(typeof ${from} === 'object' && Object.keys(${from}).length > 0)`;
  for (const entry of ENTRIES) {
    const esm = `import * as all from '${entry}'; ${show('all')}`;
    check(on(`import '${entry}'`), node('--input-type=module', '-e', esm), wantTrue);
    const cjs = `const all = require('${entry}'); ${show('all')}`;
    check(on(`require('${entry}')`), node('--input-type=commonjs', '-e', cjs), wantTrue);
  }
  for (const entry of JSONS) {
    const esm = `import all from '${name}/${entry}' with { type: 'json' }; ${show('all')}`;
    check(on(`import '${name}/${entry}'`), node('--input-type=module', '-e', esm), wantTrue);
  }
  check(on('places, pictures and the API'), node('use.mjs'), (out) => {
    if (out.trim() !== 'done') throw new Error(`It says ${JSON.stringify(out.trim())}.`);
  });
  const main = join(project, 'node_modules', name, 'dist/cli/main.js');
  check(on(`${name} --version`), node(main, '--version'), (out) => {
    if (out.trim() !== version) throw new Error(`It says ${JSON.stringify(out.trim())}.`);
  });
}

/**
 * Compiles, in the user's project, code that must compile and code that must not; also checks the
 * declarations of libraries.
 */
function checkTypes() {
  const types = `@types/node@${devDependencies['@types/node']}`;
  const packages = [types, `typescript@~${OLDEST_TYPESCRIPT}.0`];
  check('installs TypeScript beside it', run('npm', [...INSTALL, ...packages], project));
  mkdirSync(join(project, 'types'));
  const files = readdirSync(join(root, 'test/types')).map((file) => join('types', file));
  for (const file of files) {
    // By default a user's compiler accepts only `.js` imports, so the tests are rewritten to them.
    const text = readFileSync(join(root, 'test', file), 'utf8');
    writeFileSync(join(project, file), text.replaceAll(/(?<=from '\.\/\w+)\.ts'/g, ".js'"));
  }
  const strict = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--types', 'node'];
  const target = ['--target', 'es2022', '--lib', 'es2022', '--module'];
  for (const [home, module, resolution] of [
    [project, 'node16', 'node16'],
    [project, 'esnext', 'bundler'],
    [root, 'nodenext', 'nodenext'],
    [root, 'esnext', 'bundler'],
  ]) {
    const compiler = join(home, 'node_modules/typescript/bin/tsc');
    const args = [...strict, ...target, module, '--moduleResolution', resolution, ...files];
    const found = run(process.execPath, [compiler, '--version']).stdout.trim();
    const title = `types by ${resolution} resolution, TypeScript ${found.replace(/^\D+/, '')}`;
    check(title, run(process.execPath, [compiler, ...args], project));
  }
}

function majorOf(text) {
  return Number(/\d+/.exec(text)?.[0]);
}

function run(command, args, cwd) {
  const shell = process.platform === 'win32';
  return spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    shell,
    env: { ...process.env, NO_COLOR: '1' },
  });
}

function wantTrue(out) {
  if (out.trim() !== 'true') throw new Error('It exports nothing.');
}

function check(title, result, read = () => undefined) {
  try {
    if (result.status !== 0)
      throw new Error(`Exit code ${result.status}.`, { cause: result.error });
    const value = read(result.stdout);
    console.log(`ok ${title}`);
    return value;
  } catch (error) {
    failed += 1;
    console.log(`not ok ${title}: ${error.message}`);
    console.log(`${result.stdout ?? ''}${result.stderr ?? ''}`.trim().replace(/^/gm, '    '));
    return undefined;
  }
}
