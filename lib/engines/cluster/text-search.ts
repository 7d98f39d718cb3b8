import {
  aboutCountsBody,
  readAboutCounts,
  readTextHits,
  textSearchBody,
} from '../../autocomplete/text/body.ts';
import type { PlaceSearches } from '../places.ts';
import { indexNotFound, textNotIndexed } from '../refusals.ts';
import type { Cluster } from './cluster.ts';
import { pathOf } from './names.ts';
import { objectOf } from './request.ts';
import { searchWhole } from './whole.ts';

/** Searches for places by terms of a text. */
export function textSearchIn(cluster: Cluster): Pick<PlaceSearches, 'findByTerms' | 'countAbout'> {
  return {
    async findByTerms(index, search, filter = {}, how = {}) {
      const body = textSearchBody(search, filter);
      const hits = readTextHits(await searchWhole(cluster, index, body, how));
      // An index without the field returns no hits either.
      if (hits.length === 0) await checkText(cluster, index);
      return hits;
    },

    async countAbout(index, terms, how = {}) {
      const answer = await searchWhole(cluster, index, aboutCountsBody(terms), how);
      return readAboutCounts(answer, terms.length);
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
