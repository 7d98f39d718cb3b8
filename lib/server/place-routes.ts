import { detectLanguage } from '../analyzers/detect.ts';
import { DETECT_SPEC } from '../analyzers/detection.ts';
import { HINT_SPEC, type NameHint } from '../analyzers/hints.ts';
import type { PlaceDocument } from '../autocomplete/record/document.ts';
import { PLACE_QUERY_DEFAULTS } from '../autocomplete/suggest/query.ts';
import { quoteValue } from '../errors.ts';
import { defined } from '../options.ts';
import { markOf } from '../partial.ts';
import {
  SEARCH_SPEC,
  type SearchCallOptions,
  SUGGEST_SPEC,
  type SuggestCallOptions,
} from '../place-options.ts';
import { type Parameter, parametersOf } from './parameters.ts';
import type { PlaceSearches } from './place-threads.ts';
import { RequestError } from './problem.ts';
import type { Call, Route } from './route.ts';

/** Answers change only with the index, which is rare. */
const CACHE = 'public, max-age=60';

/** Parameters that all searches of places share. */
const PLACE_PARAMETERS = [
  'language',
  'near',
  'radiusKm',
  'limit',
  'countries',
  'home',
  'kinds',
  'explain',
  'allowPartial',
] as const;

/** Routes of autocomplete, text search and single places. */
export function placeRoutes(places: PlaceSearches): Route[] {
  return [
    {
      method: 'GET',
      path: '/suggest',
      operation: 'suggest',
      summary: 'Places for what was typed of a name, best first.',
      parameters: [
        textParameter('what was typed; blank text finds nothing'),
        ...parametersOf(SUGGEST_SPEC, [
          ...PLACE_PARAMETERS,
          'doublePinyin',
          'namesakes',
          'sessionToken',
        ]),
      ],
      answer: 'Suggestions',
      cache: CACHE,
      kind: 'suggest',
      priority: 'autocomplete',
      async run({ values, signal }) {
        const { q, options } = queryOf<SuggestCallOptions>(values);
        const suggestions = await places.suggest(q, { ...options, signal });
        return { suggestions, ...markOf(suggestions) };
      },
    },
    {
      method: 'GET',
      path: '/search',
      operation: 'search',
      summary:
        'Places for a whole text of names, categories, containing places and descriptions, best first.',
      parameters: [
        textParameter('what to look for; blank text finds nothing'),
        ...parametersOf(SEARCH_SPEC, [
          ...PLACE_PARAMETERS,
          'from',
          'in',
          'fragments',
          'fragmentLength',
        ]),
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
        throw new RequestError('PLACE_UNKNOWN', what, 'Give an id of a suggestion.', {
          status: 404,
        });
      },
    },
  ];
}

/** Route of language detection, which needs no index. */
export function detectRoute(options: { dictionaries: boolean }): Route {
  return {
    method: 'GET',
    path: '/detect',
    operation: 'detect',
    summary: 'Whether a name is Chinese or Japanese.',
    parameters: [
      {
        name: 'name',
        required: true,
        option: { type: 'text', maxLength: 256, help: 'of a place, shop or person' },
      },
      ...parametersOf(HINT_SPEC, ['country', 'region', 'language']),
      ...parametersOf(DETECT_SPEC, ['threshold']),
    ],
    answer: 'Detection',
    cache: 'public, max-age=3600',
    kind: 'detect',
    priority: null,
    run({ values }) {
      const { name, threshold, ...hint } = values as unknown as NameHint & {
        name: string;
        threshold?: number;
      };
      return detectLanguage(name, {
        dictionaries: options.dictionaries,
        ...defined({ threshold }),
        hint,
      });
    },
  };
}

function textParameter(help: string): Parameter {
  const { maxLength } = PLACE_QUERY_DEFAULTS;
  return { name: 'q', required: true, option: { type: 'text', maxLength, help } };
}

/** Names of parameters are those of the options. */
function queryOf<Options>(values: Call['values']): { q: string; options: Options } {
  const { q, ...options } = values as { q: string };
  return { q, options: options as Options };
}

/** A document without the parts that only searches need. */
function placeOf(document: PlaceDocument): object {
  const { id, kind, granularity, country, location, importance, names, parents } = document;
  const { categories, descriptions } = document;
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
    descriptions: descriptions?.map(({ words: _, ...description }) => description),
  };
}
