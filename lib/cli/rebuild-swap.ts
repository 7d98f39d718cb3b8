import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openNamed } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { durationFor, INDEX_ARGUMENT, JSON_OPTION } from './options.ts';

/** `suoyin index-rebuild swap places`: what `--no-swap` left to do. */
export const rebuildSwapCommand: CommandSpec = {
  name: 'swap',
  summary: 'swap in what index-rebuild --no-swap has built and verified',
  args: [INDEX_ARGUMENT],
  options: [
    {
      flags: '--keep-fresh <time>',
      description: 'write to the former generation too for this long, for a rollback: 24h',
      parse: durationFor('--keep-fresh'),
    },
    ...ENGINE_OPTIONS,
    JSON_OPTION,
  ],
  examples: [
    'suoyin index-rebuild swap places',
    'suoyin index-rebuild swap places --keep-fresh 24h',
  ],
  async run(input, io) {
    const { options } = input;
    const { keepFresh, json } = options as { keepFresh?: number; json?: true };
    const { index, alias, close } = await openNamed(input, io);
    try {
      const state = await index.swap(keepFresh === undefined ? {} : { keepFreshMs: keepFresh });
      if (json) await printJson(io, state);
      else
        await print(
          io,
          `${alias} is now ${state.generation}, before that ${state.previous ?? 'nothing'}`,
        );
      return EXIT.done;
    } finally {
      await close();
    }
  },
};
