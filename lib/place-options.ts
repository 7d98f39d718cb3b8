import { PLACE_MAPPING_SPEC, type PlaceMappingOptions } from './autocomplete/mapping.ts';
import type { SnippetOptions } from './autocomplete/long-text/snippets.ts';
import { PLACE_QUERY_SPEC, type PlaceQueryOptions } from './autocomplete/suggest/query.ts';
import { SUGGESTION_SPEC, type SuggestionOptions } from './autocomplete/suggest/suggestions.ts';
import { TEXT_ANSWER_SPEC } from './autocomplete/text/hits.ts';
import type { TextQueryOptions } from './autocomplete/text/query.ts';
import { NOW, OPTION_INVALID, type Spec } from './options.ts';
import { CALL_OPTIONS, type CallOptions } from './partial.ts';
import { REBUILD_SPEC } from './rebuild/options.ts';

/** Where an index lives. */
export interface PlaceIndexOptions {
  /** The name that queries use. Default `places`. */
  alias?: string;
  /**
   * Of new generations, on OpenSearch; an embedded file has no shards. A rebuild keeps the shards and
   * replicas that are left out as they are.
   */
  mapping?: PlaceMappingOptions;
  /** Folder of dead letters. Default none: only the first few of them are kept. */
  dataDir?: string;
  /** Names in Hong Kong and Macau are found by Jyutping, too: of `put`, and of `rebuild` unless that says otherwise. Default false. */
  jyutping?: boolean;
  /**
   * Answers of `suggest` that are kept, about 5 kB each: 0..1000000. Default 0. On the embedded engine an answer is
   * kept until anybody writes; on a cluster until this object writes or the alias moves, which is looked at once a
   * second, and for a minute at most. After a swap, texts of up to three characters that were asked are asked again.
   */
  cache?: number;
  /** Milliseconds since 1970. Default: the clock of this machine. */
  now?: () => number;
}

/** Options of `PlaceIndex`. */
export const PLACE_INDEX_SPEC: Spec<PlaceIndexOptions, 'alias' | 'cache' | 'jyutping'> = {
  code: OPTION_INVALID,
  options: {
    alias: REBUILD_SPEC.options.alias,
    mapping: {
      type: 'object',
      spec: PLACE_MAPPING_SPEC,
      help: 'of new generations, on OpenSearch',
    },
    dataDir: {
      type: 'text',
      otherwise: 'none: only the first few are kept',
      help: 'folder of dead letters',
    },
    jyutping: REBUILD_SPEC.options.jyutping,
    cache: {
      type: 'whole',
      min: 0,
      max: 1_000_000,
      default: 0,
      help: 'answers of `suggest` that are kept until something is written, on a cluster for a minute at most',
    },
    now: NOW,
  },
};

/** Options of `PlaceIndex.suggest`. */
export interface SuggestCallOptions extends PlaceQueryOptions, SuggestionOptions, CallOptions {}

/** Options of `PlaceIndex.search`. */
export interface SearchCallOptions
  extends TextQueryOptions, SuggestionOptions, SnippetOptions, CallOptions {}

/** Options of `PlaceIndex.suggest`. */
export const SUGGEST_SPEC: Spec<SuggestCallOptions, 'limit' | 'namesakes' | 'explain'> = {
  code: OPTION_INVALID,
  options: { ...PLACE_QUERY_SPEC.options, ...SUGGESTION_SPEC.options, ...CALL_OPTIONS },
};

/** Options of `PlaceIndex.search`. */
export const SEARCH_SPEC: Spec<
  SearchCallOptions,
  'limit' | 'explain' | 'from' | 'in' | 'fragments' | 'fragmentLength'
> = {
  code: OPTION_INVALID,
  options: { ...TEXT_ANSWER_SPEC.options, ...CALL_OPTIONS },
};
