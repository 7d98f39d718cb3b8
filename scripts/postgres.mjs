// Starts a real PostgreSQL on loopback with its data in a temporary folder, for tests and examples. It
// refuses to run as root, so root starts it as the user that Debian's package makes, or as nobody.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './cluster.mjs';

/** Folder of Debian with the programs of each version, which are not on the PATH. */
const DEBIAN = '/usr/lib/postgresql';

/**
 * @returns The address of a superuser's database, the process, and `stop`, which ends it and removes its
 *   data; null if PostgreSQL is not installed.
 */
export async function startPostgres() {
  const programs = programFolder();
  if (programs === null) return null;
  const user = owner();
  const folder = mkdtempSync(join(tmpdir(), 'suoyin-postgres-'));
  if (user) chownSync(folder, user.uid, user.gid);
  const options = { cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C' }, ...user };
  const data = join(folder, 'data');
  const made = spawnSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'suoyin', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...options, encoding: 'utf8' },
  );
  if (made.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
  }
  const [port] = await freePorts(1);
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    fsync: 'off',
    log_min_messages: 'log',
  };
  const child = spawn(
    join(programs, 'postgres'),
    [
      '-D',
      data,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  // SIGQUIT immediately ends it and the processes that it has started.
  const kill = () => void child.kill('SIGQUIT');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      kill();
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  let said = '';
  const ready = new Promise((resolve) => {
    child.once('exit', () => resolve(false));
    child.stderr.on('data', (chunk) => {
      said += chunk;
      if (said.includes('ready to accept connections')) resolve(true);
      if (said.length > 1e5) said = said.slice(-1e4);
    });
  });
  if (await ready) return { url: `postgres://suoyin@127.0.0.1:${port}/postgres`, stop };
  await stop();
  throw new Error(`PostgreSQL ended while it started: ${said}`);
}

function programFolder() {
  if (!spawnSync('postgres', ['--version']).error && !spawnSync('initdb', ['--version']).error) {
    return '';
  }
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => b - a) : [];
  const found = versions.map((version) => join(DEBIAN, version, 'bin'));
  return found.find((folder) => existsSync(join(folder, 'postgres'))) ?? null;
}

/** The user to run it as; null if this process can run it. */
function owner() {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const id = (flag) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout);
    if (id('-u') > 0) return { uid: id('-u'), gid: id('-g') };
  }
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody');
}
