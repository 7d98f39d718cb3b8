import { leaseHolderText } from '../alias/lease.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openNamed } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { INDEX_ARGUMENT, JSON_OPTION } from './options.ts';

/** `suoyin index-rebuild unlock places`: takes the lease from a holder that will not return. */
export const rebuildUnlockCommand: CommandSpec = {
  name: 'unlock',
  summary: 'take the lease from a rebuild that is dead; one that lives stops before its swap',
  args: [INDEX_ARGUMENT],
  options: [...ENGINE_OPTIONS, JSON_OPTION],
  examples: ['suoyin index-rebuild unlock places'],
  async run(input, io) {
    const { options } = input;
    const { index, alias, close } = await openNamed(input, io, { to: 'change' });
    try {
      const holder = await index.unlock();
      if (options['json']) await printJson(io, { holder });
      else {
        const taken = holder && `${alias} was taken from ${leaseHolderText(holder)}`;
        await print(io, taken ?? `nobody had the lease on ${alias}`);
      }
      return EXIT.done;
    } finally {
      await close();
    }
  },
};
