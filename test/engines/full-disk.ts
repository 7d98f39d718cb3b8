// What commands do on a disk that is full: run in a mount namespace of its own, FOLDER becomes a small disk.
import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALPS, BOATS } from '../knn/photos.ts';
import { EXAMPLE_FILE } from '../support/example-places.ts';
import { mount } from '../support/mounts.ts';
import { endOf, startCli } from '../support/processes.ts';

const MIB = 1 << 20;
const [folder = ''] = process.argv.slice(2);
mount('-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder);
const [data, thumbnails, filler] = ['data', 'thumbnails', 'filler'].map((name) =>
  join(folder, name),
) as [string, string, string];

/** Leaves so many bytes of the disk free. */
function leave(bytes: number): void {
  rmSync(filler, { force: true });
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
  // What is left of the last page.
  try {
    while (bytes === 0) appendFileSync(filler, Buffer.alloc(4096));
  } catch {
    return;
  }
}

async function step(name: string, ...args: string[]): Promise<void> {
  const { code, out, err } = await endOf(startCli([...args, '--data', data]));
  const error = /\[([A-Z_]+)\]/.exec(err)?.[1] ?? null;
  console.log(JSON.stringify({ step: name, code, error, out: out.trim() }));
}

const photos = join(folder, 'photos');
const rebuild = ['index-rebuild', 'places', '--source', EXAMPLE_FILE];
const add = ['images', 'add', photos, '--thumbnails', thumbnails];
const small = join(folder, 'small');
mkdirSync(small);
mount('-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', small);
mkdirSync(photos);
writeFileSync(join(photos, 'a.jpg'), ALPS);
writeFileSync(join(photos, 'b.jpg'), BOATS);
await step('rebuild', ...rebuild);
await step('rebuild', ...rebuild);
leave(1.2 * MIB);
await step('rebuild, half way', ...rebuild);
await step('check, half way', 'check-file');
leave(0);
await step('rebuild, full', ...rebuild);
await step('suggest, full', 'suggest', '板橋', '--json');
await step('add, full', ...add);
await step('gc, full', 'gc', '--keep', '0');
await step('compact, full', 'gc', '--compact');
leave(0);
await step('suggest, fresh', 'suggest', '板橋', '--json');
await step('check, fresh', 'check-file');
leave(5 * MIB);
await step('check, room', 'check-file');
await step('compact, room', 'gc', '--compact', '--json');
await step('suggest, room', 'suggest', '板橋', '--json');
leave(9 * MIB);
await step('rebuild, room', ...rebuild);
leave(9 * MIB);
await step('add, no room for thumbnails', 'images', 'add', photos, '--thumbnails', small);
await step('add, room', ...add);
await step('check images', 'images', 'check', '--all', '--thumbnails', thumbnails);
await step('check, end', 'check-file');
const files = readdirSync(folder, { recursive: true }).map(String);
console.log(JSON.stringify({ step: 'left', tmp: files.filter((name) => name.endsWith('.tmp')) }));
