import { detectLanguage } from '../analyzers/detect.ts';
import type { PlaceDocument } from '../autocomplete/record/document.ts';
import { PLACE_QUERY_DEFAULTS } from '../autocomplete/suggest/query.ts';
import { quoteValue } from '../errors.ts';
import type { SearchCallOptions, SuggestCallOptions } from '../place-index.ts';
import { type Parameter, PLACE_PARAMETERS } from './parameters.ts';
import type { PlaceSearches } from './place-threads.ts';
import { RequestError } from './problem.ts';
import type { Call, Route } from './route.ts';

/** Answers change with the index, which does so seldom. */
const CACHE = 'public, max-age=60';

/** Autocomplete, text search and single places. */
export function placeRoutes(places: PlaceSearches): Route[] {
  return [
    {
      method: 'GET',
      path: '/suggest',
      operation: 'suggest',
      summary: 'Places for what was typed of a name, best first.',
      parameters: [
        textParameter('What was typed; blank text finds nothing.'),
        ...PLACE_PARAMETERS,
        {
          name: 'sessionToken',
          description: 'Comes back in the answer.',
          schema: { type: 'string', maxLength: 128 },
        },
      ],
      answer: 'Suggestions',
      cache: CACHE,
      kind: 'suggest',
      priority: 'autocomplete',
      async run({ values, signal }) {
        const { q, options } = queryOf<SuggestCallOptions>(values);
        return { suggestions: await places.suggest(q, { ...options, signal }) };
      },
    },
    {
      method: 'GET',
      path: '/search',
      operation: 'search',
      summary: 'Places for a whole text of names, categories and containing places, best first.',
      parameters: [
        textParameter('What to look for; blank text finds nothing.'),
        ...PLACE_PARAMETERS,
        {
          name: 'from',
          description: 'Places to pass over.',
          schema: { type: 'integer', minimum: 0, maximum: 300, default: 0 },
        },
      ],
      answer: 'TextAnswer',
      cache: CACHE,
      kind: 'search',
      priority: 'autocomplete',
      run({ values, signal }) {
        const { q, options } = queryOf<SearchCallOptions>(values);
        return places.search(q, { ...options, signal });
      },
    },
    {
      method: 'GET',
      path: '/places/{id}',
      operation: 'place',
      summary: 'A place by its id.',
      parameters: [],
      answer: 'Place',
      problems: { 404: 'There is no such place: `PLACE_UNKNOWN`.' },
      cache: 'no-cache',
      kind: 'place',
      priority: 'autocomplete',
      async run({ id }) {
        const document = await places.get(id);
        if (document !== null) return placeOf(document);
        const what = `There is no place ${quoteValue(id)}`;
        throw new RequestError(404, 'PLACE_UNKNOWN', what, 'Give an id of a suggestion.');
      },
    },
  ];
}

/** The language of a name, which needs no index. */
export function detectRoute(options: { dictionaries: boolean }): Route {
  return {
    method: 'GET',
    path: '/detect',
    operation: 'detect',
    summary: 'Whether a name is Chinese or Japanese.',
    parameters: [
      {
        name: 'name',
        description: 'Of a place, shop or person.',
        required: true,
        schema: { type: 'string', maxLength: 256 },
      },
      {
        name: 'country',
        description: 'Where the place lies (ISO 3166-1 alpha-2).',
        schema: { type: 'string', pattern: '^[A-Za-z]{2}$' },
      },
      {
        name: 'threshold',
        description: 'Confidence under which a name is `ambiguous`.',
        schema: { type: 'number', minimum: 0, maximum: 1, default: 0.8 },
      },
    ],
    answer: 'Detection',
    cache: 'public, max-age=3600',
    kind: 'detect',
    priority: null,
    run({ values }) {
      const { name, country, threshold } = values as {
        name: string;
        country?: string;
        threshold?: number;
      };
      return detectLanguage(name, {
        dictionaries: options.dictionaries,
        ...(country === undefined ? {} : { hint: { country } }),
        ...(threshold === undefined ? {} : { threshold }),
      });
    },
  };
}

function textParameter(description: string): Parameter {
  const { maxLength } = PLACE_QUERY_DEFAULTS;
  return { name: 'q', description, required: true, schema: { type: 'string', maxLength } };
}

/** Names of parameters are those of the options; a position comes as a pair. */
function queryOf<Options>(values: Call['values']): { q: string; options: Options } {
  const { q, near, ...rest } = values as { q: string; near?: readonly [number, number] };
  const options = near ? { ...rest, near: { lat: near[0], lon: near[1] } } : rest;
  return { q, options: options as Options };
}

/** A document without what only searches need. */
function placeOf(document: PlaceDocument): object {
  const { id, kind, granularity, country, location, importance, names, parents } = document;
  const { categories } = document;
  return {
    id,
    kind,
    granularity,
    country,
    location,
    importance,
    names: names.map(({ key: _, ...name }) => name),
    parents,
    categories,
  };
}
