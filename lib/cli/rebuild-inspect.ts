import type { DocumentFault } from '../rebuild/inspect.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openIndex } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { note, print, printJson } from './io.ts';
import { PLACES_ARGUMENT, JSON_OPTION } from './options.ts';

/** `suoyin index-rebuild inspect places`: examines every document of the live generation. */
export const rebuildInspectCommand: CommandSpec = {
  name: 'inspect',
  summary: 'look at every document of an index: its form, and whether its parents are there',
  args: [PLACES_ARGUMENT],
  options: [...ENGINE_OPTIONS, { ...JSON_OPTION, description: 'print faults as JSON lines' }],
  examples: ['suoyin index-rebuild inspect places', 'suoyin index-rebuild inspect places --json'],
  async run({ options }, io) {
    const { index, close } = await openIndex(options, io, { to: 'read' });
    try {
      const found: DocumentFault[] = [];
      const signal = io.onInterrupt();
      const { documents, faults } = await index.inspect((fault) => found.push(fault), { signal });
      for (const fault of found) {
        if (options['json']) await printJson(io, fault);
        else await print(io, `${fault.problem}  ${fault.id}  ${fault.detail}`);
      }
      note(io, `suoyin: ${documents} documents, ${faults} faults`);
      return faults === 0 ? EXIT.done : EXIT.failed;
    } finally {
      await close();
    }
  },
};
