import { embedded } from '../engines/embedded/index.ts';
import { PlaceIndex } from '../place-index.ts';
import type { CommandSpec } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { ALIAS_OPTION, DATA_OPTION, JSON_OPTION } from './options.ts';

/** `suoyin rollback places`: back to the generation before. */
export const rollbackCommand: CommandSpec = {
  name: 'rollback',
  summary: 'go back to the generation that was live before; again to come back',
  args: [{ name: '<index>', description: 'what to roll back', choices: ['places'] }],
  options: [DATA_OPTION, ALIAS_OPTION, JSON_OPTION],
  examples: ['suoyin rollback places'],
  async run({ options }, io) {
    const { data, alias, json } = options as { data: string; alias: string; json?: true };
    const index = new PlaceIndex(embedded({ dataDir: data }), { alias, dataDir: data });
    try {
      const state = await index.rollback();
      if (json) await printJson(io, state);
      else await print(io, `${alias} is now ${state.generation}, before that ${state.previous}`);
      return EXIT.done;
    } finally {
      await index.close();
    }
  },
};
