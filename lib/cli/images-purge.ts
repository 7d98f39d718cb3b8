import type { BoundedStores } from '../ingest/stores/thumbnails.ts';
import { IMAGE_PURGE_SPEC } from '../ingest/work/purge.ts';
import type { CommandSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { ENGINE_OPTIONS, openImages } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import {
  ADDRESSES,
  COUNTRY_OPTION,
  MAX_DISK_OPTION,
  STORE_OPTIONS,
  type StoreFlags,
  thumbnailsOf,
} from './images-options.ts';
import { print, printJson } from './io.ts';
import { JSON_OPTION } from './options.ts';

const PURGE = flagsOf(IMAGE_PURGE_SPEC, ['olderThanMs', 'gone', 'maxGone', 'dryRun']);

interface Flags extends StoreFlags {
  country?: string;
  verbose?: true;
  json?: true;
}

/** `suoyin images purge`: deletes pictures that are old, or whose source is gone. */
export const imagesPurgeCommand: CommandSpec = {
  name: 'purge',
  summary: 'delete pictures that are too old or whose source is gone, with their thumbnails',
  options: [
    ...ENGINE_OPTIONS,
    ...PURGE.options,
    COUNTRY_OPTION,
    ...STORE_OPTIONS,
    MAX_DISK_OPTION,
    ...ADDRESSES.options,
    { flags: '--verbose', description: 'name every picture' },
    JSON_OPTION,
  ],
  examples: [
    'suoyin images purge --older-than 90d --dry-run --verbose',
    'suoyin images purge --gone --thumbnails thumbnails',
    'suoyin images purge --thumbnails thumbnails --max-disk 10GB',
  ],
  async run({ options }, io) {
    const flags = options as unknown as Flags;
    const { country, maxDisk, verbose, json } = flags;
    const asked = PURGE.read(options);
    const stores = thumbnailsOf({ ...flags, maxDisk: undefined });
    const { index, close } = await openImages(options, io, { to: 'change' });
    const lines: Promise<void>[] = [];
    try {
      const result = await index.purge({
        ...asked,
        ...(country === undefined ? {} : { filter: { country } }),
        ...(maxDisk === undefined ? {} : { maxDiskBytes: maxDisk }),
        ...stores,
        fetch: ADDRESSES.read(options),
        signal: io.onInterrupt(),
        onPicture: ({ id, what, why }) => {
          if (verbose && !json) lines.push(print(io, `${what}  ${id}  ${why}`));
        },
      });
      await Promise.all(lines);
      if (json) await printJson(io, result);
      else {
        const { pictures, deleted, noted, back, unknown, thumbnails: files } = result;
        const what = asked.dryRun ? 'would be deleted' : 'deleted';
        if (result.bounded) await print(io, boundedLines(result.bounded));
        await print(
          io,
          `${deleted} of ${pictures} pictures and ${files} thumbnails ${what}; ` +
            `${noted} noted as gone, ${back} back, ${unknown} could not be asked`,
        );
      }
      return EXIT.done;
    } finally {
      await close();
    }
  },
};

function boundedLines({ originals, freed, over }: BoundedStores): string[] {
  return [
    `${originals} originals of ${freed} bytes deleted from the stores`,
    ...over.map((label) => `${label} is still over the bound: thumbnails of the index are kept`),
  ];
}
