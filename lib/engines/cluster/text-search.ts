import type { PlaceFilter, TextHit, TextSearch } from '../../autocomplete/searches.ts';
import { readTextHits, textSearchBody } from '../../autocomplete/text/body.ts';
import { EngineError } from '../../errors.ts';
import { indexNotFound, pathOf } from './names.ts';
import { objectOf, type SendRequest } from './request.ts';

/** @see Searches.findByTerms */
export async function matchTexts(
  send: SendRequest,
  index: string,
  search: TextSearch,
  filter: PlaceFilter,
  signal: AbortSignal | undefined,
): Promise<TextHit[]> {
  const path = `/${pathOf(index)}/_search`;
  const body = textSearchBody(search, filter);
  const hits = readTextHits(objectOf(await send({ method: 'POST', path, body, signal })));
  // An index without the field answers with nothing, too.
  if (hits.length === 0) await checkText(send, index);
  return hits;
}

async function checkText(send: SendRequest, index: string): Promise<void> {
  const path = `/${pathOf(index)}/_mapping/field/grams`;
  const response = await send({ method: 'GET', path, expected: [404] });
  if (response.status === 404) throw indexNotFound(index);
  const found = Object.entries(objectOf(response)) as [string, { mappings?: object }][];
  for (const [name, { mappings = {} }] of found) {
    if (Object.keys(mappings).length > 0) continue;
    const what = `${name} was built before there was text search`;
    throw new EngineError('TEXT_NOT_INDEXED', what, 'Run index-rebuild to build it anew.');
  }
}
