import {
  EDIT_EXPANSIONS,
  placeSearchBody,
  readPlaceHits,
} from '../../autocomplete/suggest/query-body.ts';
import { steadyClock } from '../../clock.ts';
import type { PlaceSearches } from '../places.ts';
import { indexNotFound } from '../refusals.ts';
import type { Cluster } from './cluster.ts';
import { engineErrorOf, isTooMany } from './failures.ts';
import { pathOf } from './names.ts';
import { ANY_PART, checkWhole } from './whole.ts';

/** Milliseconds for which the answer to `MANY_CLAUSES` holds: nodes that restart may have another limit. */
const LIMIT_MS = 600_000;

/** A search with as many clauses as names with a mistake are looked up by, which matches nothing. */
const MANY_CLAUSES = {
  query: {
    bool: { should: Array.from({ length: EDIT_EXPANSIONS }, () => ({ ids: { values: ['-'] } })) },
  },
  size: 0,
};

/** Searches for places by keys: all searches of a call in one request. */
export function placeSearchIn({
  dialect,
  send,
  sendParts,
}: Cluster): Pick<PlaceSearches, 'findByKeys'> {
  /** Whether a lower limit of clauses cuts look-ups short, and when that was asked; only a search tells. */
  let limit: { cuts: boolean; at: number } | null = null;

  return {
    async findByKeys(index, searches, filter = {}, { signal, onPartial, onLimited } = {}) {
      signal?.throwIfAborted();
      const path = pathOf(index);
      if (searches.length === 0) {
        const found = await send({ method: 'HEAD', path: `/${path}`, expected: [404], signal });
        if (found.status === 404) throw indexNotFound(index);
        return [];
      }
      const isCut = dialect.clauseLimit !== null && searches.some(({ match }) => match === 'edit');
      const isKnown = limit !== null && steadyClock() - limit.at < LIMIT_MS;
      const bodies: object[] = searches.map((search) => placeSearchBody(search, filter));
      const header = JSON.stringify(ANY_PART);
      const answered = await sendParts({
        parts: isCut && !isKnown ? [...bodies, MANY_CLAUSES] : bodies,
        request: (left) => ({
          method: 'POST',
          // Names no index in its body, which `rest.action.multi.allow_explicit_index` may forbid.
          path: `/${path}/_msearch`,
          query: { rest_total_hits_as_int: true },
          lines: left.map((body) => `${header}\n${JSON.stringify(body)}\n`).join(''),
          signal,
        }),
        answers: (body) => body['responses'] as Answered[] | undefined,
      });
      const [asked] = answered.splice(searches.length);
      if (asked) {
        limit = { cuts: isTooMany(asked.error), at: steadyClock() };
      }
      if (isCut && limit?.cuts) onLimited?.('indices.query.bool.max_clause_count');
      const answers = answered.map((each) => (isForbidden(each.error) ? NOTHING : each));
      if (answers.includes(NOTHING)) onLimited?.('search.allow_expensive_queries');
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
