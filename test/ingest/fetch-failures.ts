import { expect } from 'chai';
import { SearchError } from '../../lib/errors.ts';
import { FetchError } from '../../lib/ingest/fetch/fetch-error.ts';
import { fetchImage, type FetchOptions } from '../../lib/ingest/fetch/fetch.ts';

/** A whole picture. */
export const GIF: Buffer = Buffer.from(
  'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
  'base64',
);
/** The server of the test is the only address that may be reached. */
export const LOCAL: FetchOptions = { allowAddresses: ['127.0.0.1/32'] };

/** What a fetch fails with. */
async function failure(source: string, options: FetchOptions = LOCAL): Promise<SearchError> {
  try {
    await fetchImage(source, options);
  } catch (error) {
    if (error instanceof SearchError) return error;
    throw error;
  }
  throw new Error(`${source} was fetched`);
}

/** The error of a fetch that was tried. */
export async function fetchFailure(source: string, options?: FetchOptions): Promise<FetchError> {
  const error = await failure(source, options);
  expect(error).to.be.instanceOf(FetchError);
  return error as FetchError;
}

/** The code of a fetch that was tried or refused. */
export async function failureCode(source: string, options?: FetchOptions): Promise<string> {
  return (await failure(source, options)).code;
}
