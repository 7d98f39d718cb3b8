import { IMAGE_PURGE_SPEC } from '../ingest/work/purge.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openImages } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import {
  ALLOW_ADDRESS_OPTION,
  COUNTRY_OPTION,
  THUMBNAILS_OPTION,
  thumbnailsOf,
} from './images-options.ts';
import { print, printJson } from './io.ts';
import { durationFor, JSON_OPTION, numberFor } from './options.ts';

interface Flags {
  olderThan?: number;
  gone?: true;
  country?: string;
  maxGone: number;
  thumbnails?: string;
  allowAddress?: string[];
  dryRun?: true;
  verbose?: true;
  json?: true;
}

/** `suoyin images purge`: deletes pictures that are old or gone. */
export const imagesPurgeCommand: CommandSpec = {
  name: 'purge',
  summary: 'delete pictures that are too old or whose source is gone, with their thumbnails',
  options: [
    ...ENGINE_OPTIONS,
    {
      flags: '--older-than <time>',
      description: 'not taken in, or in again, for this long: 90d',
      parse: durationFor('--older-than'),
    },
    {
      flags: '--gone',
      description:
        'missing files, and URLs that answer 404 or 410 in two purges an hour or more apart',
    },
    COUNTRY_OPTION,
    {
      flags: '--max-gone <share>',
      description:
        'share of the sources that may be gone; more looks like a disk that is not mounted',
      parse: numberFor('--max-gone'),
      default: IMAGE_PURGE_SPEC.options.maxGone.default,
    },
    THUMBNAILS_OPTION,
    ALLOW_ADDRESS_OPTION,
    { flags: '--dry-run', description: 'tell what would be done, and change nothing' },
    { flags: '--verbose', description: 'name every picture' },
    JSON_OPTION,
  ],
  examples: [
    'suoyin images purge --older-than 90d --dry-run --verbose',
    'suoyin images purge --gone --thumbnails thumbnails',
  ],
  async run({ options }, io) {
    const flags = options as unknown as Flags;
    const { olderThan, gone, country, thumbnails, allowAddress, dryRun, verbose, json } = flags;
    const { index, close } = await openImages(options, io);
    const lines: Promise<void>[] = [];
    try {
      const result = await index.purge({
        ...(olderThan === undefined ? {} : { olderThanMs: olderThan }),
        gone: gone ?? false,
        ...(country === undefined ? {} : { filter: { country } }),
        maxGone: flags.maxGone,
        ...thumbnailsOf(thumbnails),
        fetch: { allowAddresses: allowAddress ?? [] },
        dryRun: dryRun ?? false,
        signal: io.onInterrupt(),
        onPicture: ({ id, what, why }) => {
          if (verbose && !json) lines.push(print(io, `${what}  ${id}  ${why}`));
        },
      });
      await Promise.all(lines);
      if (json) await printJson(io, result);
      else {
        const { pictures, deleted, noted, back, unknown, thumbnails: files } = result;
        const what = dryRun ? 'would be deleted' : 'deleted';
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
