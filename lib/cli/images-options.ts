import {
  type MakeThumbnail,
  type ThumbnailStore,
  thumbnailStore,
} from '../ingest/stores/thumbnails.ts';
import { makeThumbnail } from '../knn/describe/image.ts';
import type { OptionSpec } from './command.ts';

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

/** The store of thumbnails that a command was given, as an option for what takes one. */
export function thumbnailsOf(
  dir: string | undefined,
  thumbnail: MakeThumbnail = makeThumbnail,
): { thumbnails?: ThumbnailStore } {
  return dir === undefined ? {} : { thumbnails: thumbnailStore(dir, { thumbnail }) };
}
