import { placeSearchBodies, readPlaceHits } from '../../autocomplete/suggest/query-body.ts';
import type { PlaceSearches } from '../places.ts';
import { indexNotFound } from '../refusals.ts';
import type { Cluster } from './cluster.ts';
import { engineErrorOf } from './failures.ts';
import { pathOf } from './names.ts';
import { objectOf } from './request.ts';
import { ANY_PART, checkWhole } from './whole.ts';

/** Searches for places by keys: all searches of a call in one request. */
export function placeSearchIn({ dialect, send }: Cluster): Pick<PlaceSearches, 'findByKeys'> {
  return {
    async findByKeys(index, searches, filter = {}, { signal, onPartial } = {}) {
      signal?.throwIfAborted();
      const path = pathOf(index);
      if (searches.length === 0) {
        const found = await send({ method: 'HEAD', path: `/${path}`, expected: [404], signal });
        if (found.status === 404) throw indexNotFound(index);
        return [];
      }
      // Headers and bodies take turns.
      const bodies = placeSearchBodies(path, searches, filter).map((each, i) =>
        i % 2 === 0 ? { ...each, ...ANY_PART } : each,
      );
      const lines = `${bodies.map((body) => JSON.stringify(body)).join('\n')}\n`;
      const query = { rest_total_hits_as_int: true };
      const response = await send({ method: 'POST', path: '/_msearch', query, lines, signal });
      const { responses } = objectOf(response) as { responses: Answered[] };
      const answers = responses.map((each) => (isForbidden(each.error) ? NOTHING : each));
      const failed = answers.find(({ error }) => error !== undefined);
      if (failed) {
        const { status: statusCode, error } = failed;
        throw engineErrorOf({ statusCode, meta: { body: { error } } }, dialect.title);
      }
      for (const one of answers) checkWhole(one, index, onPartial);
      return readPlaceHits({ responses: answers });
    },
  };
}

/** The answer to one of several searches. */
interface Answered {
  status: number;
  error?: unknown;
  hits?: { hits: { _source?: unknown }[] };
}

const NOTHING: Answered = { status: 200, hits: { hits: [] } };

/**
 * Whether the cluster forbids the query by its setting `search.allow_expensive_queries`. Then only
 * the other searches are used: names with mistakes are not found, but there is an answer.
 */
function isForbidden(error: unknown): boolean {
  return error !== undefined && JSON.stringify(error).includes('search.allow_expensive_queries');
}
