import { spawnSync } from 'node:child_process';
import type { Context } from 'mocha';

/** Ways into a mount namespace of one's own: as root, as a user, and as a user of a system that wants root for it. */
const WAYS: readonly (readonly string[])[] = [
  ['unshare', '--mount'],
  ['unshare', '--user', '--map-root-user', '--mount'],
  ['sudo', '-n', 'unshare', '--mount'],
];

/**
 * The command that gives a script a mount namespace of its own, so that its file systems are gone when it ends. Where there
 * can be none the tests are skipped with the reason, and in CI they fail.
 *
 * @param folder - Where a try is mounted.
 */
export function mountNamespace(context: Context, folder: string): readonly string[] {
  const mount = ['mount', '-t', 'tmpfs', 'tmpfs', folder];
  const way = WAYS.find(([command, ...args]) => {
    return spawnSync(command!, [...args, ...mount]).status === 0;
  });
  if (way !== undefined) return way;
  if (process.env['CI']) throw new Error('CI has to be able to mount a file system');
  console.log('    skipped: no file system can be mounted here');
  return context.skip();
}

/** Mounts something; only in a namespace of one's own. */
export function mount(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', [...args]);
  if (status !== 0) throw new Error(String(stderr));
}
