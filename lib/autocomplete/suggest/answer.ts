import { checkOptions, OPTION_INVALID, partOf, type Spec } from '../../options.ts';
import { type Containers, CONTAINERS_OPTION } from '../reading/containers.ts';
import { neighboursOf } from '../reading/neighbours.ts';
import { ReadText } from '../reading/read-text.ts';
import type { KeySearch, PlaceFilter, PlaceHit } from '../searches.ts';
import { type Candidate, Judge, ranked, uncrowded } from './candidates.ts';
import {
  beginsWithAll,
  composedCandidate,
  mayCover,
  merged,
  mistakeSearches,
  readingSearches,
} from './composed.ts';
import { inOtherModes, readAs, readsAll, spelledOut } from './other-texts.ts';
import {
  passSearches,
  PLACE_QUERY_SPEC,
  placeQuery,
  type PlaceQuery,
  type PlaceQueryOptions,
} from './query.ts';
import {
  labelled,
  SUGGESTION_SPEC,
  type Suggestion,
  type SuggestionOptions,
} from './suggestions.ts';

/** Options of `answerPlaceQuery`. */
export interface AnswerOptions extends PlaceQueryOptions, SuggestionOptions {
  /** Table of containers, for reading texts of several parts. Default: no containers. */
  containers?: Containers;
  /**
   * Whether each look-up is a request over a network: then at most two are made, with everything
   * that may be needed. The answer is the same. Default false.
   */
  fewRequests?: boolean;
}

/** Options of `suggestionsFrom`. */
export const SUGGESTIONS_FROM_SPEC: Spec<SuggestionOptions & Pick<AnswerOptions, 'containers'>> = {
  code: OPTION_INVALID,
  options: { ...SUGGESTION_SPEC.options, containers: CONTAINERS_OPTION },
};

/** Options of `answerPlaceQuery`. */
export const PLACE_ANSWER_SPEC: Spec<
  AnswerOptions,
  'limit' | 'namesakes' | 'explain' | 'fewRequests'
> = {
  code: OPTION_INVALID,
  options: {
    ...PLACE_QUERY_SPEC.options,
    ...SUGGESTIONS_FROM_SPEC.options,
    fewRequests: {
      type: 'flag',
      default: false,
      help: 'at most two look-ups, with everything that may be needed',
    },
  },
};

/**
 * The stages of a query, in order; each runs only if the earlier ones found nothing good enough.
 */
const STAGES = ['names', 'parts', 'modes', 'rests', 'mistakes'] as const;
type Stage = (typeof STAGES)[number];

/**
 * Answers a query through any engine. It is read as one name, then in parts (`readQuery`), then as
 * typed with a keyboard in the wrong mode, then with an unknown rest, then with a typing mistake.
 * Fetched places are judged by their stored names.
 *
 * @param search - Runs key searches under a filter and returns the documents found.
 * @example
 * await answerPlaceQuery('板橋', {}, (searches, filter) => engine.findByKeys('places', searches, filter));
 */
export async function answerPlaceQuery(
  text: string,
  options: AnswerOptions,
  search: (searches: KeySearch[], filter: PlaceFilter) => Promise<PlaceHit[]>,
): Promise<Suggestion[]> {
  checkOptions(PLACE_ANSWER_SPEC, options);
  const query = placeQuery(text, partOf(PLACE_QUERY_SPEC, options));
  if (query.passes.length === 0) return [];
  const answering = new Answering(query, options.containers);
  const batches: Stage[][] = options.fewRequests
    ? [
        ['names', 'parts'],
        ['modes', 'rests', 'mistakes'],
      ]
    : STAGES.map((stage) => [stage]);
  for (const batch of batches) {
    const searches = batch.map((stage) => answering.searches(stage));
    const all = searches.flat();
    const hits = all.length === 0 ? [] : await search(all, query.filter);
    let begin = 0;
    for (const [i, stage] of batch.entries()) {
      const end = begin + searches[i]!.length;
      const own = hits.filter((hit) => hit.search >= begin && hit.search < end);
      begin = end;
      if (answering.take(stage, own)) return labelled(query, answering.candidates, options);
    }
  }
  return labelled(query, answering.candidates, options);
}

/**
 * Makes suggestions of an engine's hits: one per place, ranked, with distinct labels.
 *
 * @param query - The query that the hits belong to.
 * @param hits - In any order; a repeated place counts once.
 * @returns At most `query.limit`, best first.
 */
export function suggestionsFrom(
  query: PlaceQuery,
  hits: readonly PlaceHit[],
  options: SuggestionOptions & Pick<AnswerOptions, 'containers'> = {},
): Suggestion[] {
  checkOptions(SUGGESTIONS_FROM_SPEC, options);
  if (query.passes.length === 0) return [];
  const answering = new Answering(query, options.containers);
  answering.take('names', hits);
  for (const stage of STAGES.slice(1)) answering.take(stage, []);
  return labelled(query, answering.candidates, options);
}

/**
 * Bound of the work of a stage: key units of the text times places compared with it. It is one and
 * a half times what the longest address of eval/addresses.jsonl needs.
 */
const LAID_UNITS = 3000;
const LEAST_LAID = 60;

/** The state of a query: what was found, judged stage by stage. */
class Answering {
  candidates: readonly Candidate[] = [];
  readonly #query: PlaceQuery;
  readonly #containers: Containers | undefined;
  readonly #hits = new Map<string, PlaceHit>();
  readonly #judge: Judge;
  readonly #composed = new Map<string, Candidate>();
  #judged = 0;
  #read: ReadText | null = null;
  #guessed: ReadText | null = null;
  #searches: ReturnType<typeof readingSearches> | null = null;
  /** The text in pinyin, if double pinyin is typed. */
  readonly #spelled: Answering | null;
  #modes: Answering[] | null = null;
  /** Candidates found by other texts than the one typed. */
  readonly #others = new Map<string, Candidate>();

  constructor(query: PlaceQuery, containers: Containers | undefined) {
    this.#query = query;
    this.#judge = new Judge(query);
    this.#containers = containers;
    const spelled = spelledOut(query);
    this.#spelled = spelled && new Answering(spelled, containers);
  }

  /** The text read in parts, when first needed; not needed if the text is a name. */
  get #text(): ReadText {
    return (this.#read ??= new ReadText(this.#query.text, this.#containers));
  }

  /** The same with mistakes, if no place accounts for all of the text. */
  get #mistaken(): ReadText {
    return (this.#guessed ??= this.#text.mistaken());
  }

  searches(stage: Stage): KeySearch[] {
    if (stage === 'modes') {
      return this.#otherModes().flatMap((mode) => [
        ...mode.searches('names'),
        ...mode.searches('parts'),
      ]);
    }
    const own = this.#ownSearches(stage);
    return this.#spelled ? [...own, ...this.#spelled.searches(stage)] : own;
  }

  #ownSearches(stage: Exclude<Stage, 'modes'>): KeySearch[] {
    const { passes } = this.#query;
    if (stage === 'names') return passSearches(this.#query, passes[0]!);
    if (stage === 'mistakes') {
      const whole = passSearches(this.#query, passes[1]!);
      return [...whole, ...mistakeSearches(this.#query, this.#mistaken)];
    }
    this.#searches ??= readingSearches(this.#query, this.#text);
    return stage === 'parts' ? this.#searches.whole : this.#searches.rest;
  }

  /** Judges what a stage has found. @returns Whether the query is answered. */
  take(stage: Stage, hits: readonly PlaceHit[]): boolean {
    for (const hit of hits) if (!this.#hits.has(hit.id)) this.#hits.set(hit.id, hit);
    if (stage === 'modes') {
      const all = [...this.#hits.values()];
      for (const mode of this.#otherModes()) {
        mode.take('names', all);
        mode.take('parts', []);
        this.#addOthers(readAs(mode.#query, mode.candidates, true));
      }
    } else {
      this.#takeOwn(stage);
      if (this.#spelled) {
        this.#spelled.take(stage, [...this.#hits.values()]);
        this.#addOthers(readAs(this.#spelled.#query, this.#spelled.candidates, false));
      }
    }
    this.candidates = joined(this.candidates, [...this.#others.values()]);
    return isAnswered(this.candidates, stage);
  }

  /** The text as a keyboard in another mode would give it; only if nothing matches it as it is. */
  #otherModes(): readonly Answering[] {
    this.#modes ??= this.candidates.some(readsAll)
      ? []
      : inOtherModes(this.#query).map((query) => new Answering(query, this.#containers));
    return this.#modes;
  }

  #addOthers(candidates: readonly Candidate[]): void {
    for (const candidate of candidates) this.#others.set(candidate.source.id, candidate);
  }

  #takeOwn(stage: Exclude<Stage, 'modes'>): void {
    const mistakes = stage === 'mistakes';
    this.#judge.take(this.#hits.values());
    const plain = this.#judge.ranked(mistakes ? 2 : 1);
    if (stage === 'names') {
      this.candidates = plain;
      return;
    }
    this.#compose(plain, mistakes);
    this.candidates = merged(plain, [...this.#composed.values()]);
  }

  /**
   * Compares new places with the parts of the text, except places that begin with all of it. If
   * there are too many only the first are compared, since the most certain ones are looked up
   * first.
   */
  #compose(plain: readonly Candidate[], mistakes: boolean): void {
    const begun = new Set(plain.filter(beginsWithAll).map(({ source }) => source.id));
    const all = [...this.#hits.values()];
    const read = mistakes ? this.#mistaken : this.#text;
    let room = Math.max(LEAST_LAID, Math.floor(LAID_UNITS / read.typed.key.length));
    // With mistakes, places that have left something unread are judged again.
    for (const hit of all.slice(mistakes ? 0 : this.#judged)) {
      const { id, source } = hit;
      if (begun.has(id) || this.#composed.get(id)?.cover?.unread.length === 0) continue;
      if (room-- === 0) break;
      if (!mayCover(read, hit)) continue;
      const candidate = composedCandidate(this.#query, read, source);
      if (candidate) this.#composed.set(id, candidate);
    }
    this.#judged = all.length;
    this.#composeBeside(read);
  }

  /**
   * If all leave a rest, the rest may be another of these places: a container that the record does
   * not state.
   */
  #composeBeside(read: ReadText): void {
    const found = [...this.#composed.values()];
    if (found.some(({ cover }) => cover!.unread.length === 0)) return;
    const neighbours = neighboursOf(found.map(({ source, cover }) => ({ source, cover: cover! })));
    for (const { source, parts } of neighbours.length === 0 ? [] : found) {
      const candidate = composedCandidate(this.#query, read, source, neighbours);
      if (candidate && candidate.parts.total > parts.total) {
        this.#composed.set(source.id, candidate);
      }
    }
  }
}

/** Joins two lists, each place once with its better candidate. */
function joined(
  candidates: readonly Candidate[],
  others: readonly Candidate[],
): readonly Candidate[] {
  if (others.length === 0) return candidates;
  const byId = new Map<string, Candidate>();
  for (const each of [...candidates, ...others]) {
    const candidate = uncrowded(each);
    const there = byId.get(candidate.source.id);
    if (!there || candidate.parts.total > there.parts.total) {
      byId.set(candidate.source.id, candidate);
    }
  }
  return ranked([...byId.values()]);
}

const LATIN = /^\p{Script=Latin}/u;

/**
 * A whole name ends the search; before the stage of mistakes, the beginning of a name does too.
 * The beginning of a hamlet's name or of a foreign spelling is not enough: 東施 more likely means 東勢
 * than 東施厝坪.
 */
function isAnswered(candidates: readonly Candidate[], stage: Stage): boolean {
  const sure = candidates.filter(({ best, cover }) => {
    const { agrees, interpretation } = best;
    return agrees && interpretation.state !== 'initials' && (cover?.unread.length ?? 0) === 0;
  });
  if (sure.some(({ best, cover }) => best.whole && !cover?.partial)) return true;
  if (stage !== 'rests') return false;
  return sure.some(({ source, best }) => {
    const { kind, text } = best.name;
    return source.granularity === undefined && !(kind === 'colloquial' && LATIN.test(text));
  });
}
