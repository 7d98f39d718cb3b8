import { checkFile } from '../engines/embedded/check-file.ts';
import type { CommandSpec } from './command.ts';
import { DATA, dataOf } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { note, print, printJson } from './io.ts';
import { JSON_OPTION } from './options.ts';

/** `suoyin check-file`: checks that the file of an embedded index and the files beside it are intact. */
export const checkFileCommand: CommandSpec = {
  name: 'check-file',
  summary:
    'read all of the file of an embedded index and its graphs, and tell what is damaged; exit 3: something was found',
  options: [
    ...DATA.options,
    {
      flags: '--fix',
      description: 'make again what follows from the documents; these are never changed',
    },
    { ...JSON_OPTION, description: 'print every fault as a JSON line' },
  ],
  examples: ['suoyin check-file', 'suoyin check-file --data /var/lib/suoyin --fix'],
  async run({ options }, io) {
    const { fix, json } = options as { fix?: true; json?: true };
    const faults = await checkFile(dataOf(options), { fix: fix ?? false });
    for (const fault of faults) {
      if (json) await printJson(io, fault);
      else await print(io, `${fault.subject}  ${fault.detail}: ${fault.hint}`);
    }
    note(io, faults.length === 0 ? 'nothing found' : `${faults.length} found`);
    return faults.length === 0 ? EXIT.done : EXIT.planChanges;
  },
};
