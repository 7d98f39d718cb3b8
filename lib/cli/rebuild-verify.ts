import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openIndex } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { BOUNDARIES_OPTION, CORRECTIONS_OPTION, PLACES_ARGUMENT, JSON_OPTION } from './options.ts';
import { REQUIRED_SOURCE, type SourceFlags, sourceOf } from './source-options.ts';

interface Flags extends SourceFlags {
  source: string[];
  boundaries?: string;
  corrections?: string;
  generation?: string;
  dictionaryReadings: boolean;
  json?: true;
}

/** `suoyin index-rebuild verify places`: every record against its document. */
export const rebuildVerifyCommand: CommandSpec = {
  name: 'verify',
  summary: 'compare every record of a source with its document; exit 6: they differ',
  args: [PLACES_ARGUMENT],
  options: [
    ...REQUIRED_SOURCE,
    BOUNDARIES_OPTION,
    CORRECTIONS_OPTION,
    { flags: '--generation <name>', description: 'which one (default: the live one)' },
    { flags: '--no-dictionary-readings', description: 'as it was at the rebuild' },
    ...ENGINE_OPTIONS,
    JSON_OPTION,
  ],
  examples: ['suoyin index-rebuild verify places --source places.jsonl.gz'],
  async run({ options }, io) {
    const flags = options as unknown as Flags;
    const { boundaries, corrections, generation, dictionaryReadings, json } = flags;
    const { index, close } = await openIndex(options, io, { readOnly: true });
    try {
      const result = await index.verify(sourceOf(flags, io), {
        ...(boundaries === undefined ? {} : { boundaries }),
        ...(corrections === undefined ? {} : { corrections }),
        ...(generation === undefined ? {} : { generation }),
        readings: dictionaryReadings ? 'dictionary' : 'data',
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
