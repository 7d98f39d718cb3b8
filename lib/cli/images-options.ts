import { ADDRESS_SPEC, type AddressOptions } from '../ingest/fetch/addresses.ts';
import { FETCH_LIMITS_SPEC, type FetchLimits } from '../ingest/fetch/limits.ts';
import { OptionError, quoteValue } from '../errors.ts';
import { s3Store } from '../ingest/stores/s3-store.ts';
import {
  type MakeThumbnail,
  type ThumbnailFormat,
  type ThumbnailSize,
  type ThumbnailStore,
  thumbnailStore,
} from '../ingest/stores/thumbnails.ts';
import { makeThumbnail } from '../knn/describe/image.ts';
import { IMAGE_LIMITS_SPEC, type ImageLimits } from '../knn/describe/image-limits.ts';
import { defined } from '../options.ts';
import type { OptionSpec } from './command.ts';
import { type DeclaredFlags, flagsOf } from './declared.ts';
import { numberFor } from './options.ts';

/** Size limit of each store. */
export const MAX_DISK_OPTION: OptionSpec = {
  flags: '--max-disk <size>',
  description:
    'in each store, as 10GB: beyond, the oldest originals are deleted, thumbnails never (default: no bound)',
  parse: parseBytes,
};
/** Options that commands of pictures share. */
export const THUMBNAILS_OPTION: OptionSpec = {
  flags: '--thumbnails <store>',
  description:
    'folder or s3://bucket/prefix that thumbnails are kept in; may come more than once (default: none are kept)',
  repeat: true,
};
/** Where thumbnails are, on commands that read or delete them. */
export const STORE_OPTIONS: readonly OptionSpec[] = [
  THUMBNAILS_OPTION,
  {
    flags: '--s3-endpoint <url>',
    description: 'address of a server that speaks as S3 does (default: AWS)',
  },
];
/** How thumbnails are made. */
export const THUMBNAIL_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--thumbnail-sizes <list>',
    description: 'boxes that they fit into, in pixels: 256x256,1024x768 (default: 256x256)',
    parse: parseSizes,
  },
  {
    flags: '--thumbnail-format <name>',
    description: 'default: webp',
    choices: ['webp', 'jpeg'],
  },
  {
    flags: '--thumbnail-quality <n>',
    description: '1 to 100 (default: 75)',
    parse: numberFor('--thumbnail-quality'),
  },
  {
    flags: '--thumbnail-sharpen <radius>',
    description: 'in pixels, 0.3 to 10 (default: not)',
    parse: numberFor('--thumbnail-sharpen'),
  },
  {
    flags: '--thumbnail-gamma <g>',
    description: 'shrink in linear light, as 2.2, 1 to 3 (default: not)',
    parse: numberFor('--thumbnail-gamma'),
  },
  { flags: '--originals', description: 'keep the pictures themselves beside their thumbnails' },
  MAX_DISK_OPTION,
];
export const COUNTRY_OPTION: OptionSpec = {
  flags: '--country <code>',
  description: 'pictures of this country only (their field country)',
};
/** Address ranges from which pictures may be fetched although they are not on the public internet. */
export const ADDRESSES: DeclaredFlags<Pick<AddressOptions, 'allowAddresses'>> = flagsOf(
  ADDRESS_SPEC,
  ['allowAddresses'],
);
/** Largest size of a file or a response body. */
export const MAX_BYTES: DeclaredFlags<Partial<Pick<FetchLimits, 'maxBytes'>>> = flagsOf(
  FETCH_LIMITS_SPEC,
  ['maxBytes'],
);
/** Limits of decoding. */
export const DECODING: DeclaredFlags<ImageLimits> = flagsOf(IMAGE_LIMITS_SPEC, [
  'maxPixels',
  'salvage',
]);

/** The values of `STORE_OPTIONS` and `THUMBNAIL_OPTIONS`. */
export interface StoreFlags {
  thumbnails?: string[];
  s3Endpoint?: string;
  thumbnailSizes?: ThumbnailSize[];
  thumbnailFormat?: ThumbnailFormat;
  thumbnailQuality?: number;
  thumbnailSharpen?: number;
  thumbnailGamma?: number;
  originals?: true;
  maxDisk?: number | undefined;
}

/**
 * The store of thumbnails that the flags name, as an option for functions that take one.
 *
 * @throws {OptionError} `STORE_INVALID`.
 */
export function thumbnailsOf(
  flags: StoreFlags,
  thumbnail: MakeThumbnail = makeThumbnail,
): { thumbnails?: ThumbnailStore } {
  const { thumbnails: where, s3Endpoint: endpoint, originals, maxDisk: maxBytes } = flags;
  if (where === undefined) return {};
  const stores = where.map((one) => {
    if (!/^s3:/i.test(one)) return one;
    const [bucket = '', ...rest] = one.slice('s3://'.length).split('/');
    const prefix = rest.join('/');
    const slash = prefix === '' || prefix.endsWith('/') ? '' : '/';
    return s3Store({ bucket, prefix: `${prefix}${slash}`, ...defined({ endpoint }) });
  });
  const { thumbnailSizes, thumbnailFormat, thumbnailQuality, thumbnailSharpen } = flags;
  const options = {
    sizes: thumbnailSizes,
    format: thumbnailFormat,
    quality: thumbnailQuality,
    sharpen: thumbnailSharpen,
    gamma: flags.thumbnailGamma,
    originals,
    maxBytes,
  };
  return { thumbnails: thumbnailStore(stores, { thumbnail, ...defined(options) }) };
}

/** `256x256,1024x768` as sizes. */
function parseSizes(text: string): ThumbnailSize[] {
  return text.split(',').map((part) => {
    const [width = NaN, height = NaN, ...rest] = part.trim().split('x').map(Number);
    if (rest.length === 0 && Number.isInteger(width) && Number.isInteger(height)) {
      return { width, height };
    }
    const what = `--thumbnail-sizes ${quoteValue(text)} are no sizes`;
    throw new OptionError('THUMBNAIL_SIZE_INVALID', what, 'Use 256x256,1024x768.');
  });
}

/** `10GB`, `500MiB`, `1000000` as bytes. */
function parseBytes(text: string): number {
  const [, digits, unit = ''] = /^(\d+)([A-Za-z]*)$/.exec(text) ?? [];
  const powers = ['', 'k', 'm', 'g', 't'];
  const letter = unit.toLowerCase().replace('ib', '').replace('b', '');
  const power = powers.indexOf(letter);
  const base = unit.toLowerCase().endsWith('ib') ? 1024 : 1000;
  if (digits !== undefined && power >= 0) return Number(digits) * base ** power;
  const what = `--max-disk ${quoteValue(text)} is no size`;
  throw new OptionError('NUMBER_INVALID', what, 'Use 500MB, 10GB or 10GiB.');
}
