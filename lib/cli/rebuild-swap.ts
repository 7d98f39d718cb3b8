import { SWAP_SPEC } from '../alias/swap.ts';
import type { CommandSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { ENGINE_OPTIONS, openNamed } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { INDEX_ARGUMENT, JSON_OPTION } from './options.ts';
import { swapText } from './swap-text.ts';

const SWAP = flagsOf(SWAP_SPEC, ['keepFreshMs']);

/** `suoyin index-rebuild swap places`: does the swap that `--no-swap` left out. */
export const rebuildSwapCommand: CommandSpec = {
  name: 'swap',
  summary: 'swap in what index-rebuild --no-swap has built and verified',
  args: [INDEX_ARGUMENT],
  options: [...SWAP.options, ...ENGINE_OPTIONS, JSON_OPTION],
  examples: [
    'suoyin index-rebuild swap places',
    'suoyin index-rebuild swap places --keep-fresh 24h',
  ],
  async run(input, io) {
    const { options } = input;
    const { json } = options as { json?: true };
    const { index, close } = await openNamed(input, io, { to: 'change' });
    try {
      const state = await index.swap(SWAP.read(options));
      if (json) await printJson(io, state);
      else await print(io, swapText(state));
      return EXIT.done;
    } finally {
      await close();
    }
  },
};
