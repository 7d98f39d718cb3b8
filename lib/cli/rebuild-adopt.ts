import { OptionError, quoteValue } from '../errors.ts';
import type { CommandSpec } from './command.ts';
import { openIndex, PLACE_OF_INDEXES } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { JSON_OPTION } from './options.ts';
import { swapText } from './swap-text.ts';

/** `suoyin index-rebuild adopt places-000007`: makes live a generation that was restored from a snapshot. */
export const rebuildAdoptCommand: CommandSpec = {
  name: 'adopt',
  summary: 'make a generation live whatever the alias names now: after a restore from a snapshot',
  args: [{ name: '<generation>', description: 'which generation, as status names it' }],
  options: [...PLACE_OF_INDEXES, JSON_OPTION],
  examples: [
    'suoyin index-rebuild adopt places-000007 --engine opensearch --node https://host:9200',
  ],
  async run({ args: [name], options }, io) {
    const generation = String(name);
    const [, alias] = /^(.+)-\d{6,}$/.exec(generation) ?? [];
    if (alias === undefined) {
      const what = `${quoteValue(generation)} is no name of a generation`;
      throw new OptionError('GENERATION_INVALID', what, 'Give one such as places-000007.');
    }
    const { index, close } = await openIndex({ ...options, alias }, io, { to: 'change' });
    try {
      const state = await index.adopt(generation);
      if (options['json']) await printJson(io, state);
      else await print(io, swapText(state));
      return EXIT.done;
    } finally {
      await close();
    }
  },
};
