import { placeSearchBodies, readPlaceHits } from '../../autocomplete/suggest/query-body.ts';
import type { PlaceSearches } from '../places.ts';
import { indexNotFound } from '../refusals.ts';
import type { Cluster } from './cluster.ts';
import { engineErrorOf } from './failures.ts';
import { pathOf } from './names.ts';
import { objectOf } from './request.ts';
import { checkWhole } from './whole.ts';

/** Searches for places by keys: all searches of a call in one request. */
export function placeSearchIn({ dialect, send }: Cluster): Pick<PlaceSearches, 'findByKeys'> {
  return {
    async findByKeys(index, searches, filter = {}, { signal } = {}) {
      signal?.throwIfAborted();
      const path = pathOf(index);
      if (searches.length === 0) {
        const found = await send({ method: 'HEAD', path: `/${path}`, expected: [404], signal });
        if (found.status === 404) throw indexNotFound(index);
        return [];
      }
      const bodies = placeSearchBodies(path, searches, filter);
      const lines = `${bodies.map((body) => JSON.stringify(body)).join('\n')}\n`;
      const query = { rest_total_hits_as_int: true };
      const response = await send({ method: 'POST', path: '/_msearch', query, lines, signal });
      const answer = objectOf(response) as { responses: { status: number; error?: unknown }[] };
      const failed = answer.responses.find(({ error }) => error !== undefined);
      if (failed) {
        const { status: statusCode, error } = failed;
        throw engineErrorOf({ statusCode, meta: { body: { error } } }, dialect.title);
      }
      for (const one of answer.responses) checkWhole(one, index);
      return readPlaceHits(answer);
    },
  };
}
