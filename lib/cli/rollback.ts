import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openNamed } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { INDEX_ARGUMENT, JSON_OPTION } from './options.ts';
import { swapText } from './swap-text.ts';

/** `suoyin rollback places`: returns to the previous generation. */
export const rollbackCommand: CommandSpec = {
  name: 'rollback',
  summary: 'go back to the generation that was live before; again to come back',
  args: [{ ...INDEX_ARGUMENT, name: '<index>', description: 'which index' }],
  options: [...ENGINE_OPTIONS, JSON_OPTION],
  examples: ['suoyin rollback places'],
  async run(input, io) {
    const { options } = input;
    const { json } = options as { json?: true };
    const { index, close } = await openNamed(input, io, { to: 'change' });
    try {
      const state = await index.rollback();
      if (json) await printJson(io, state);
      else await print(io, swapText(state));
      return EXIT.done;
    } finally {
      await close();
    }
  },
};
