import {
  answerPlaceQuery,
  PLACE_ANSWER_SPEC,
  SUGGESTIONS_FROM_SPEC,
  suggestionsFrom,
} from '../../lib/autocomplete/suggest/answer.ts';
import { READ_QUERY_SPEC, readQuery } from '../../lib/autocomplete/reading/read-query.ts';
import { PLACE_QUERY_SPEC, placeQuery } from '../../lib/autocomplete/suggest/query.ts';
import { answerTextQuery, TEXT_ANSWER_SPEC } from '../../lib/autocomplete/text/hits.ts';
import { TEXT_QUERY_SPEC, textQuery } from '../../lib/autocomplete/text/query.ts';
import { CHINESE_SPEC, loadChinese } from '../../lib/analyzers/chinese.ts';
import {
  DETECT_SPEC,
  DETECTOR_SPEC,
  detectLanguage,
  loadDetector,
} from '../../lib/analyzers/detect.ts';
import {
  RANK_SPEC,
  rankSimilar,
  SIMILAR_SPEC,
  similarSearches,
} from '../../lib/knn/similar/similar.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { EMBEDDED_SPEC } from '../../lib/engines/embedded/options.ts';
import { LIMITER_SPEC } from '../../lib/health/limiter-options.ts';
import { createLimiter } from '../../lib/health/limiter.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import { PLACE_MAPPING_SPEC, placeMapping } from '../../lib/autocomplete/mapping.ts';
import { opensearch } from '../../lib/engines/opensearch/index.ts';
import { OPENSEARCH_SPEC } from '../../lib/engines/opensearch/options.ts';
import { createHealth, HEALTH_SPEC } from '../../lib/health/health.ts';
import { SIZING_SPEC, sizeDeployment } from '../../lib/sizing.ts';
import { SIMILAR_CALL_SPEC } from '../../lib/image-options.ts';
import { DEFAULT_SPACE } from '../../lib/knn/space.ts';
import { PlaceIndex, SEARCH_SPEC, SUGGEST_SPEC } from '../../lib/place-index.ts';
import type { AnySpec } from '../../lib/options.ts';

/** A function of the library that takes options. */
export interface Door {
  name: string;
  /** What it declares. */
  spec: AnySpec;
  call: (options: never) => unknown;
  /** Options that it can't do without. */
  required?: object;
}

/** A door; specs of all types fit. */
function door(name: string, spec: object, call: Door['call'], required: object = {}): Door {
  return { name, spec: spec as AnySpec, call, required };
}

const engine = embedded({ dataDir: ':memory:' });
const places = new PlaceIndex(engine);
const images = new ImageIndex(engine);
const nothing = (): Promise<[]> => Promise.resolve([]);

/** Every function and method that takes options. */
export const DOORS: readonly Door[] = [
  door('embedded', EMBEDDED_SPEC, embedded),
  door('detectLanguage', DETECT_SPEC, (options) => detectLanguage('x', options)),
  door('loadDetector', DETECTOR_SPEC, loadDetector),
  door('loadChinese', CHINESE_SPEC, loadChinese),
  door('similarSearches', SIMILAR_SPEC, (options) => similarSearches({}, [], options)),
  door('placeQuery', PLACE_QUERY_SPEC, (options) => placeQuery('x', options)),
  door('answerPlaceQuery', PLACE_ANSWER_SPEC, (options) => answerPlaceQuery('x', options, nothing)),
  door('readQuery', READ_QUERY_SPEC, (options) => readQuery('x', options)),
  door('suggestionsFrom', SUGGESTIONS_FROM_SPEC, (options) =>
    suggestionsFrom(placeQuery('x'), [], options),
  ),
  door('textQuery', TEXT_QUERY_SPEC, (options) => textQuery('x', options)),
  door('answerTextQuery', TEXT_ANSWER_SPEC, (options) =>
    answerTextQuery('x', options, {}, nothing),
  ),
  door('PlaceIndex.suggest', SUGGEST_SPEC, (options) => places.suggest('x', options)),
  door('PlaceIndex.search', SEARCH_SPEC, (options) => places.search('x', options)),
  door('ImageIndex.similar', SIMILAR_CALL_SPEC, (options) => images.similar({ id: 'x' }, options)),
  door('rankSimilar', RANK_SPEC, (options) => rankSimilar([], options), {
    content: {},
    views: [],
    space: DEFAULT_SPACE,
    threshold: null,
  }),
  door('placeMapping', PLACE_MAPPING_SPEC, placeMapping),
  door('createHealth', HEALTH_SPEC, (options) => {
    createHealth(options).close();
  }),
  door('sizeDeployment', SIZING_SPEC, sizeDeployment),
  door('opensearch', OPENSEARCH_SPEC, opensearch, { client: {} }),
  door('createLimiter', LIMITER_SPEC, createLimiter),
];
