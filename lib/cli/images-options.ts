import {
  type MakeThumbnail,
  type ThumbnailStore,
  thumbnailStore,
} from '../ingest/stores/thumbnails.ts';
import { type ImageLimits, makeThumbnail } from '../knn/describe/image.ts';
import { defined } from '../options.ts';
import type { OptionSpec } from './command.ts';
import { numberFor } from './options.ts';

/** Options that commands of pictures share. */
export const THUMBNAILS_OPTION: OptionSpec = {
  flags: '--thumbnails <dir>',
  description: 'folder that thumbnails are kept in (default: none are kept)',
};
export const COUNTRY_OPTION: OptionSpec = {
  flags: '--country <code>',
  description: 'pictures of this country only (their field country)',
};
/** Ranges that pictures may be fetched from although they are not on the public internet. */
export const ALLOW_ADDRESS_OPTION: OptionSpec = {
  flags: '--allow-address <cidr>',
  description: 'fetch from this private range too, as 10.0.0.0/8; may come more than once',
  repeat: true,
};

/** Limits of decoding, on every command that reads pictures. */
export const LIMIT_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--max-pixels <n>',
    description: 'pixels of a picture (default: 200 million of a JPEG, 50 million of others)',
    parse: numberFor('--max-pixels'),
  },
  {
    flags: '--max-bytes <n>',
    description: 'bytes of a file (default: 32 MiB)',
    parse: numberFor('--max-bytes'),
  },
  { flags: '--no-salvage', description: 'refuse pictures that are damaged or end too early' },
];

/** The values of `LIMIT_OPTIONS`. */
export interface LimitFlags {
  maxPixels?: number;
  maxBytes?: number;
  salvage?: boolean;
}

/** What `LIMIT_OPTIONS` say of decoding. */
export function limitsOf({ maxPixels, salvage }: LimitFlags): ImageLimits {
  return defined({ maxPixels, salvage });
}

/** The store of thumbnails that a command was given, as an option for what takes one. */
export function thumbnailsOf(
  dir: string | undefined,
  thumbnail: MakeThumbnail = makeThumbnail,
): { thumbnails?: ThumbnailStore } {
  return dir === undefined ? {} : { thumbnails: thumbnailStore(dir, { thumbnail }) };
}
