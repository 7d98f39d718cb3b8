// Checks the package as users get it: it is packed, linted (publint, are-the-types-wrong),
// installed into an empty project, imported, required and used there on every supported Node.js,
// and compiled against (test/types) with the oldest and the newest TypeScript; the same for places alone without the
// optional packages. Prints one `ok`, `not ok` or `skipped` line per check, and how large both installations are.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { name, version, devDependencies } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);
const folder = mkdtempSync(join(tmpdir(), 'suoyin-package-'));
const project = join(folder, 'project');
/**
 * Largest packed file, in bytes: the model of names has half of it, the data of the demo 0.07 MB, the pages in other languages 0.08 MB;
 * dictionaries come with the dependencies. It was 1.85 MB before answers on clusters were cached, more columns known,
 * and pictures had a second model; 1.90 MB with numbers as spoken and more kinds of addresses.
 */
const PACKED_LIMIT = 1_910_000;
/** Largest installation for places alone, in MB of 2^20 bytes; it has 19. */
const LEAN_LIMIT = 30;
/** Further versions, besides the one that runs this script. */
const NODE_MAJORS = [22, 24];
const ENTRIES = [
  '',
  '/analyzers',
  '/autocomplete',
  '/health',
  '/ingest',
  '/knn',
  '/server',
  '/element',
].map((path) => name + path);
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
  const lean = checkLean(tarball);
  for (const home of [project, lean]) console.log(sizesOf(home));
  // A copy, so that imports resolve from the empty project, not from this checkout.
  cpSync(join(root, 'scripts/package-use.mjs'), join(project, 'use.mjs'));
  checkUse(process.execPath);
  for (const major of NODE_MAJORS.filter((each) => each !== majorOf(process.version))) {
    const other = installNode(major);
    if (other === null) continue;
    checkUse(other);
    if (major > 20) checkLeanUse(other, lean);
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
  check('documents link only to what is packed', packed, () => {
    const dead = deadLinks(facts.files.map(({ path }) => path));
    if (dead.length > 0) throw new Error(`These are not packed: ${dead.join(', ')}.`);
  });
  check('publint', run('npx', ['publint', 'run', tarball, '--strict'], root));
  check('attw', run('npx', ['attw', tarball, '--profile', 'esm-only', '--no-emoji'], root));
  return tarball;
}

/**
 * Relative links of packed documents to files that are not packed, but for pictures, which the repository and the
 * site show: what is not packed is linked by its address in the repository.
 */
function deadLinks(paths) {
  const there = (path) => paths.some((each) => each === path || each.startsWith(`${path}/`));
  return paths
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) =>
      Array.from(
        readFileSync(join(root, path), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g),
        ([, target]) => ({ path, target, to: posix.join(posix.dirname(path), target) }),
      ),
    )
    .filter(({ to }) => !there(posix.normalize(to).replace(/\/$/, '')))
    .filter(({ to }) => !/\.(?:png|webp)$/.test(to))
    .map(({ path, target }) => `${path}: ${target}`);
}

/** Installs what places need and nothing more. @returns The folder of the project. */
function checkLean(tarball) {
  const home = join(folder, 'lean');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{ "private": true, "type": "module" }');
  const args = [...INSTALL, '--omit=optional', tarball];
  check('installs without optional packages', run('npm', args, home));
  check(
    `${megabytes(home)} MB without optional packages, at most ${LEAN_LIMIT}`,
    run('npm', ['-v']),
    () => {
      if (megabytes(home) > LEAN_LIMIT) throw new Error('It is too large.');
    },
  );
  return home;
}

/** Places are indexed and suggested with the SQLite of Node.js, and say which dictionaries are missing. */
function checkLeanUse(program, home) {
  const main = join(home, 'node_modules', name, 'dist/cli/main.js');
  const found = `without optional packages on Node.js ${run(program, ['--version']).stdout.trim()}`;
  writeFileSync(join(home, 'places.jsonl'), '{"id":"a","name":"板橋區","country":"TW"}');
  const rebuild = ['index-rebuild', 'places', '--source', 'places.jsonl'];
  check(`index-rebuild ${found}`, run(program, [main, ...rebuild], home));
  check(`suggest ${found}`, run(program, [main, 'suggest', 'banq'], home), (out) => {
    if (!out.startsWith('板橋')) throw new Error(`It says ${JSON.stringify(out.trim())}.`);
  });
}

/** `160 MB: kuromoji 40, ...`: the packages of an installation that take most room. */
function sizesOf(home) {
  const sizes = new Map();
  for (const [path, bytes] of filesIn(home)) {
    const [first = '', second = ''] = path.replaceAll('\\', '/').split('/');
    const owner = first.startsWith('@') && first !== '@img' ? `${first}/${second}` : first;
    sizes.set(owner, (sizes.get(owner) ?? 0) + bytes);
  }
  const largest = [...sizes].sort((a, b) => b[1] - a[1]).slice(0, 8);
  const list = largest.map(([owner, bytes]) => `${owner} ${(bytes / 2 ** 20).toFixed(1)}`);
  return `${megabytes(home)} MB, ${sizes.size} packages: ${list.join(', ')}`;
}

function megabytes(home) {
  return Math.round(filesIn(home).reduce((sum, [, bytes]) => sum + bytes, 0) / 2 ** 20);
}

/** Files that an installation brought, each with its bytes. */
function filesIn(home) {
  const modules = join(home, 'node_modules');
  return readdirSync(modules, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(modules, path), statSync(path).size]);
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
  checkCommonTypes();
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

/** A CommonJS file takes every entry: with `require` as Node.js 20.19 does it, and with `import()` as node16 has it. */
function checkCommonTypes() {
  const names = ENTRIES.map((_, at) => `entry${at}`);
  const uses = names.map((each) => `export const of_${each}: object = ${each};`);
  const required = ENTRIES.map((entry, at) => `import ${names[at]} = require('${entry}');`);
  const awaited = ENTRIES.map((entry, at) => `  const ${names[at]} = await import('${entry}');`);
  const list = `[${names.join(', ')}]`;
  const write = (file, lines) => writeFileSync(join(project, file), `${lines.join('\n')}\n`);
  write('required.cts', [...required, ...uses]);
  write('awaited.cts', [
    'export async function load(): Promise<object[]> {',
    ...awaited,
    `  return ${list};`,
    '}',
  ]);
  const strict = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--types', 'node'];
  const target = ['--target', 'es2022', '--lib', 'es2022,dom', '--module'];
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  for (const [module, file] of [
    ['nodenext', 'required.cts'],
    ['node16', 'awaited.cts'],
  ]) {
    const args = [compiler, ...strict, ...target, module, file];
    check(`every entry in ${file} by ${module}`, run(process.execPath, args, project));
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
