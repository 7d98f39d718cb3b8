import { VERIFY_SPEC } from '../rebuild/verify-source.ts';
import type { CommandSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { ENGINE_OPTIONS, openIndex } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { JSON_OPTION, PLACES_ARGUMENT } from './options.ts';
import { GEOGRAPHY, REQUIRED_SOURCE, sourceOf } from './source-options.ts';

const VERIFY = flagsOf(VERIFY_SPEC, ['boosts', 'generation', 'readings', 'jyutping']);

/** `suoyin index-rebuild verify places`: compares every record with its document. */
export const rebuildVerifyCommand: CommandSpec = {
  name: 'verify',
  summary: 'compare every record of a source with its document; exit 6: they differ',
  args: [PLACES_ARGUMENT],
  options: [
    ...REQUIRED_SOURCE,
    ...GEOGRAPHY.options,
    ...VERIFY.options,
    ...ENGINE_OPTIONS,
    JSON_OPTION,
  ],
  examples: ['suoyin index-rebuild verify places --source places.jsonl.gz'],
  async run({ options }, io) {
    const { json } = options as { json?: true };
    const { index, close } = await openIndex(options, io, { to: 'read' });
    try {
      const result = await index.verify(sourceOf(options, io), {
        ...GEOGRAPHY.read(options),
        ...VERIFY.read(options),
        signal: io.onInterrupt(),
      });
      const { records, documents, equal, missing, differing, changed } = result;
      if (json) await printJson(io, result);
      else {
        const counts = `${equal} equal, ${changed} written since, ${missing.length} missing`;
        await print(
          io,
          `${records} records, ${documents} documents: ${counts}, ${differing.length} differing`,
        );
        for (const id of missing) await print(io, `missing  ${id}`);
        for (const id of differing) await print(io, `differs  ${id}`);
      }
      return missing.length + differing.length === 0 ? EXIT.done : EXIT.notVerified;
    } finally {
      await close();
    }
  },
};
