// What an engine does in FOLDER, which becomes a file system that is read-only, or seen through a mount that is.
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { checkFile } from '../../lib/engines/embedded/check-file.ts';
import { runCli } from '../support/cli.ts';
import { buildGeneration, documentWith } from '../support/documents.ts';
import { mount } from '../support/mounts.ts';

const [folder = ''] = process.argv.slice(2);
const say = (step: string, value: unknown): void => {
  console.log(JSON.stringify({ step, value }));
};
const codeOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    return await work;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
};

mount('-t', 'tmpfs', 'tmpfs', folder);
const [rw, ro, cut] = ['rw', 'ro', 'cut'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
for (const path of [rw, ro, cut]) mkdirSync(path);
const writer = embedded({ dataDir: rw });
await writer.swapAlias('places', null, await buildGeneration(writer, 100));
await writer.close();

// Seen through a mount that is read-only, while others write it elsewhere.
mount('--bind', rw, ro);
mount('-o', 'remount,bind,ro', ro);
const reader = embedded({ dataDir: ro, readOnly: true });
say('still', await codeOf(reader.count('places')));
const second = embedded({ dataDir: rw });
for (const n of [1, 2, 3]) {
  await second.write('places', [{ index: documentWith(`new${n}`, 500 + n, { name: ['b'] }) }]);
  say(`written ${n}`, await codeOf(reader.count('places')));
}
// A file without its log is not all that was written.
cpSync(rw, cut, { recursive: true });
await second.close();
say('closed', await codeOf(reader.count('places')));
await reader.close();
const third = embedded({ dataDir: ro, readOnly: true });
say('both', await Promise.all([1, 2, 3].map(() => codeOf(third.count('places')))));
await third.close();
say('check', (await checkFile(ro)).length);
say('write', await codeOf(embedded({ dataDir: ro }).createGeneration('places', {})));
const { code, err } = await runCli(['gc', '--data', ro]);
say('gc', [code, err.replace(ro, '')]);
mount('--bind', cut, cut);
mount('-o', 'remount,bind,ro', cut);
say('log', await codeOf(embedded({ dataDir: cut, readOnly: true }).count('places')));
