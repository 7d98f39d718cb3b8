import { GC_SPEC } from '../alias/gc.ts';
import { OptionError } from '../errors.ts';
import type { CommandSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { ENGINE_OPTIONS, openNamed } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { INDEX_ARGUMENT, JSON_OPTION } from './options.ts';

const GC = flagsOf(GC_SPEC, ['keep', 'dryRun']);

/** `suoyin gc`: drops generations that nothing needs. */
export const gcCommand: CommandSpec = {
  name: 'gc',
  summary: 'drop old generations and what killed rebuilds left; never the live one',
  args: [INDEX_ARGUMENT],
  options: [
    ...GC.options,
    {
      flags: '--compact',
      description:
        'embedded engine: give the space back to the disk, of which twice what the index holds has to be free',
    },
    ...ENGINE_OPTIONS,
    JSON_OPTION,
  ],
  examples: ['suoyin gc --dry-run', 'suoyin gc --keep 0 --compact'],
  async run(input, io) {
    const { options } = input;
    const { compact, json } = options as { compact?: true; json?: true };
    const asked = GC.read(options);
    const { engine, index, close } = await openNamed(input, io, { to: 'change' });
    try {
      if (compact && !engine.compact) {
        const what = '--compact is of the embedded engine';
        throw new OptionError('COMPACT_INVALID', what, 'Leave it out: a cluster merges by itself.');
      }
      const result = await index.gc(asked);
      const verb = asked.dryRun ? 'would drop' : 'dropped';
      if (!json) await print(io, `${verb} ${list(result.dropped)}; kept ${list(result.kept)}`);
      const compaction = compact && !asked.dryRun ? await engine.compact!() : undefined;
      if (json) await printJson(io, { ...result, ...(compaction ? { compaction } : {}) });
      else if (compaction) {
        const { before, after } = compaction;
        await print(io, `gave ${before - after} bytes back to the disk; ${after} are left`);
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
