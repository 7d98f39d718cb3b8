import { readTextHits, textSearchBody } from '../../autocomplete/text/body.ts';
import type { PlaceSearches } from '../places.ts';
import { indexNotFound, textNotIndexed } from '../refusals.ts';
import type { Cluster } from './cluster.ts';
import { pathOf } from './names.ts';
import { objectOf } from './request.ts';
import { checkWhole } from './whole.ts';

/** Searches for places by terms of a text. */
export function textSearchIn(cluster: Cluster): Pick<PlaceSearches, 'findByTerms'> {
  return {
    async findByTerms(index, search, filter = {}, { signal } = {}) {
      signal?.throwIfAborted();
      const path = `/${pathOf(index)}/_search`;
      const body = textSearchBody(search, filter);
      const response = await cluster.send({ method: 'POST', path, body, signal });
      const answer = objectOf(response);
      checkWhole(answer, index);
      const hits = readTextHits(answer);
      // An index without the field answers with nothing, too.
      if (hits.length === 0) await checkText(cluster, index);
      return hits;
    },
  };
}

async function checkText(cluster: Cluster, index: string): Promise<void> {
  const path = `/${pathOf(index)}/_mapping/field/grams`;
  const response = await cluster.send({ method: 'GET', path, expected: [404] });
  if (response.status === 404) throw indexNotFound(index);
  const found = Object.entries(objectOf(response)) as [string, { mappings?: object }][];
  for (const [name, { mappings = {} }] of found) {
    if (Object.keys(mappings).length === 0) throw textNotIndexed(name);
  }
}
