import { GC_DEFAULTS } from '../alias/gc.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openNamed } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { INDEX_ARGUMENT, JSON_OPTION, numberFor } from './options.ts';

/** `suoyin gc`: drops generations that nothing needs. */
export const gcCommand: CommandSpec = {
  name: 'gc',
  summary: 'drop old generations and what killed rebuilds left; never the live one',
  args: [INDEX_ARGUMENT],
  options: [
    {
      flags: '--keep <n>',
      description: 'generations to keep beside the live one',
      parse: numberFor('--keep'),
      default: GC_DEFAULTS.keep,
    },
    { flags: '--dry-run', description: 'only say what would go' },
    ...ENGINE_OPTIONS,
    JSON_OPTION,
  ],
  examples: ['suoyin gc --dry-run', 'suoyin gc --keep 0'],
  async run(input, io) {
    const { options } = input;
    const { keep, dryRun, json } = options as {
      keep: number;
      dryRun?: true;
      json?: true;
    };
    const { index, close } = await openNamed(input, io);
    try {
      const result = await index.gc({ keep, dryRun: dryRun ?? false });
      if (json) await printJson(io, result);
      else {
        const verb = dryRun ? 'would drop' : 'dropped';
        await print(io, `${verb} ${list(result.dropped)}; kept ${list(result.kept)}`);
      }
      return EXIT.done;
    } finally {
      await close();
    }
  },
};

function list(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ');
}
