/** Place autocomplete as pure functions: mapping, document, query, hits. No client, no I/O. */
export { RecordError, SearchError } from '../errors.ts';
export type { NameKind, PlaceDescription, PlaceKind, PlaceName, PlaceRecord } from './place.ts';
export { examinePlaceRecord, readPlaceRecord, RECORD_LIMITS } from './record/record.ts';
export type { OnWarning, RecordWarning } from './record/record-faults.ts';
export { shortNameOf } from './record/short-name.ts';
export {
  toPlaceDocument,
  type DocumentContext,
  type IndexedName,
  type KeyField,
  type ParentRef,
  type PlaceDocument,
  type PlaceKeys,
  type PlaceSource,
} from './record/document.ts';
export type { IndexedDescription } from './record/descriptions.ts';
export { importanceOf, rankOf } from './record/importance.ts';
export {
  type Boost,
  type Click,
  learnBoosts,
  type Learner,
  type LearnOptions,
  LEARNED_MOST,
} from './record/learned.ts';
export {
  placeMapping,
  type HostMappingOptions,
  type IndexBody,
  type PlaceMappingOptions,
} from './mapping.ts';
export { prefixedDocument } from './host-fields.ts';
export { readerOf, type Reader, type ReaderLanguage } from './suggest/reader.ts';
export type {
  GeoBox,
  KeyMatch,
  KeySearch,
  PlaceFilter,
  PlaceHit,
  TextField,
  TextHit,
  TextSearch,
  TextSource,
  TextTerm,
} from './searches.ts';
export {
  passSearches,
  placeQuery,
  PLACE_QUERY_DEFAULTS,
  type PlaceQuery,
  type PlaceQueryOptions,
} from './suggest/query.ts';
export { type Interpretation, type MatchState } from './suggest/interpretations.ts';
export { placeSearchBodies, placeSearchBody, readPlaceHits } from './suggest/query-body.ts';
export { type Layer } from './reading/typed-text.ts';
export {
  Containers,
  containersOf,
  type ContainerRow,
  type ContainerSource,
} from './reading/containers.ts';
export {
  readQuery,
  type ReadQueryOptions,
  type Reading,
  type ReadingPart,
} from './reading/read-query.ts';
export { type MatchRange } from './suggest/match.ts';
export { type MatchPart, RANKING, type ScoreParts } from './suggest/ranking.ts';
export { cldrCountryNames, type CountryNames } from './geography/countries.ts';
export {
  LABEL_PRESETS,
  LABEL_STYLES,
  type LabelPreset,
  type LabelStyle,
  type LabelStyles,
} from './display/label-styles.ts';
export { answerPlaceQuery, suggestionsFrom, type AnswerOptions } from './suggest/answer.ts';
export {
  type ExplainedPart,
  type MatchExplanation,
  type Suggestion,
  type SuggestionOptions,
} from './suggest/suggestions.ts';
export { DESCRIPTION_RANKING } from './text/descriptions.ts';
export type { Fragment, SnippetOptions } from './long-text/snippets.ts';
export type { SearchedPart } from './text/query.ts';
export {
  answerTextQuery,
  type TextAnswer,
  type TextAnswerOptions,
  type TextExplanation,
  type TextHighlight,
  type TextLookUps,
  type TextResult,
} from './text/hits.ts';
export {
  textQuery,
  TEXT_QUERY_DEFAULTS,
  type TextQuery,
  type TextQueryOptions,
} from './text/query.ts';
export { readTextHits, textSearchBody } from './text/body.ts';
export type { TextPart } from './text/segments.ts';
export { TEXT_RANKING, type TextScore } from './text/ranking.ts';
export type { TextContext } from './text/terms.ts';
export {
  readBoundaries,
  BOUNDARY_DEFAULTS,
  type Boundaries,
  type BoundaryOptions,
  type BoundaryParents,
  type BoundaryPoint,
} from './geography/boundaries.ts';
export { type BoundaryLevel, type BoundaryRef } from './geography/boundary.ts';
export { readCorrection, type Correction } from './geography/corrections.ts';
export {
  resolveParents,
  type ParentIssue,
  type ParentOrigin,
  type ParentSources,
  type ResolvedParents,
} from './geography/parents.ts';
