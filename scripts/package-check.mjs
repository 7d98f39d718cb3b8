// Checks the package as users get it: packed, linted (publint, are-the-types-wrong), installed into
// an empty project, imported, required, run. Prints one `ok` or `not ok` line a check.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'suoyin-package-'));
const project = join(folder, 'project');
/** Bytes that the packed file may take: dictionaries come with the dependencies, not with us. */
const PACKED_LIMIT = 1_000_000;
let failed = 0;

try {
  const packed = run('npm', ['pack', '--json', '--pack-destination', folder], root);
  const [facts] = check('npm pack', packed, (out) => JSON.parse(out)) ?? [{}];
  const tarball = join(folder, facts.filename ?? 'missing.tgz');
  check(`packed file under ${PACKED_LIMIT} bytes`, packed, () => {
    if (!(facts.size <= PACKED_LIMIT)) throw new Error(`It has ${facts.size}.`);
  });
  check('publint', run('npx', ['publint', 'run', tarball, '--strict'], root));
  check('attw', run('npx', ['attw', tarball, '--profile', 'esm-only', '--no-emoji'], root));

  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  const install = ['install', '--no-audit', '--no-fund', '--prefer-offline', tarball];
  check('installs into an empty project', run('npm', install, project));
  const entries = [name, `${name}/analyzers`, `${name}/autocomplete`];
  const jsons = [
    `${name}/mappings/places.json`,
    `${name}/mappings/names.json`,
    `${name}/package.json`,
  ];
  const show = (from) =>
    `console.log(typeof ${from} === 'object' && Object.keys(${from}).length > 0)`;
  for (const entry of entries) {
    const esm = `import * as all from '${entry}'; ${show('all')}`;
    check(`import '${entry}'`, node(['--input-type=module', '-e', esm]), wantTrue);
    const cjs = `const all = require('${entry}'); ${show('all')}`;
    check(`require('${entry}')`, node(['--input-type=commonjs', '-e', cjs]), wantTrue);
  }
  for (const entry of jsons) {
    const esm = `import all from '${entry}' with { type: 'json' }; ${show('all')}`;
    check(`import '${entry}'`, node(['--input-type=module', '-e', esm]), wantTrue);
  }
  check(`${name} --version`, run('npx', ['--no-install', name, '--version'], project), (out) => {
    if (out.trim() !== version) throw new Error(`It says ${JSON.stringify(out.trim())}.`);
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

function run(command, args, cwd) {
  const shell = process.platform === 'win32';
  return spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    shell,
    env: { ...process.env, NO_COLOR: '1' },
  });
}

function node(args) {
  return run(process.execPath, args, project);
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
