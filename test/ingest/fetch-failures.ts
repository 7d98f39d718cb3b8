import { expect } from 'chai';
import { FetchError } from '../../lib/ingest/fetch/fetch-error.ts';
import { fetchImage, type FetchOptions } from '../../lib/ingest/fetch/fetch.ts';
import { codeOf, failureOf } from '../support/failures.ts';

/** A whole picture. */
export const GIF: Buffer = Buffer.from(
  'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
  'base64',
);
/** The server of the test is the only address that may be reached. */
export const LOCAL: FetchOptions = { allowAddresses: ['127.0.0.1/32'] };

/** The error of a fetch that was tried. */
export async function fetchFailure(
  source: string,
  options: FetchOptions = LOCAL,
): Promise<FetchError> {
  const error = await failureOf<FetchError>(fetchImage(source, options));
  expect(error).to.be.instanceOf(FetchError);
  return error;
}

/** The code of a fetch that was tried or refused. */
export function failureCode(source: string, options: FetchOptions = LOCAL): Promise<string> {
  return codeOf(fetchImage(source, options));
}
