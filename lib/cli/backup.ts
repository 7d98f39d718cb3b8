import { backUp, restore, type WrittenFile } from '../engines/embedded/backup.ts';
import { checkFile } from '../engines/embedded/check-file.ts';
import type { CommandInput, CommandSpec, OptionSpec } from './command.ts';
import { DATA, dataOf } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { JSON_OPTION } from './options.ts';

const FOLDER = { name: '<folder>', description: 'of the back-up' };
const FORCE: OptionSpec = { flags: '--force', description: 'replace what is there' };

/** `suoyin backup`: makes a checked copy of an embedded index while it is in use. */
export const backupCommand: CommandSpec = {
  name: 'backup',
  summary: 'copy the file of an embedded index while it is used, and check the copy',
  args: [FOLDER],
  options: [...DATA.options, FORCE, JSON_OPTION],
  examples: ['suoyin backup /backup/2026-11-29', 'suoyin backup copy --data /var/lib/suoyin'],
  run: commandOf('wrote', (folder, data, options) => backUp(data, folder, options)),
};

/** `suoyin restore`: restores such a copy. */
export const restoreCommand: CommandSpec = {
  name: 'restore',
  summary: 'check a back-up and put it in the place of an embedded index that nobody has open',
  args: [FOLDER],
  options: [...DATA.options, FORCE, JSON_OPTION],
  examples: ['suoyin restore /backup/2026-11-29 --data /var/lib/suoyin --force'],
  run: commandOf('restored', async (folder, data, options) => {
    const written = await restore(folder, data, options);
    // Rebuilds from the file what a backup leaves out: graphs, and the files of places.
    await checkFile(data, { fix: true });
    return written;
  }),
};

function commandOf(
  verb: string,
  write: (folder: string, data: string, options: { force: boolean }) => Promise<WrittenFile>,
): CommandSpec['run'] {
  return async ({ args, options }: CommandInput, io) => {
    const { force, json } = options as { force?: true; json?: true };
    const written = await write(args[0] as string, dataOf(options), { force: force ?? false });
    if (json) await printJson(io, written);
    else await print(io, `${verb} ${written.path}, ${written.bytes} bytes, checked`);
    return EXIT.done;
  };
}
