import { fitsReader } from '../display/names.ts';
import type { TextHit, TextSource } from '../searches.ts';
import { whereaboutsOf } from '../suggest/candidates.ts';
import { matchText, type TextMatch } from './match.ts';
import type { TextQuery } from './query.ts';

/** How the score of a text search came about; the parts add up to `total`. */
export interface TextScore {
  /** Share of the text that the place has. */
  coverage: number;
  /** The text has the whole name. */
  whole: number;
  /** Share of the name that the text has. */
  share: number;
  /** The name that was met is in the reader's language. */
  language: number;
  importance: number;
  home: number;
  near: number;
  /** Taken off fine-grained places. */
  fine: number;
  total: number;
}

/** A place with how it answers a text. */
export interface TextCandidate {
  source: TextSource;
  match: TextMatch;
  /** Kilometres from `near`, where both are known. */
  distanceKm?: number;
  score: TextScore;
}

/** Weights of text search. What a place has of the text comes first, which of its namesakes is meant after that. */
export const TEXT_RANKING: Readonly<{
  least: number;
  coverage: number;
  whole: number;
  share: number;
  language: number;
  importance: number;
  home: number;
  near: number;
  nearKm: number;
  fine: number;
}> = Object.freeze({
  /** Share of the text that a hit has at least. */
  least: 0.5,
  /** Times the share of the text. */
  coverage: 3,
  whole: 0.4,
  /** Times the share of the name. */
  share: 0.5,
  language: 0.05,
  /** Times the importance of the place. */
  importance: 0.5,
  home: 0.15,
  /** At the reader's position; falls to half at `nearKm`. */
  near: 0.4,
  nearKm: 30,
  /** A town area or hamlet. */
  fine: -0.1,
});

/**
 * Judges every fetched document by its stored names, so that all engines rank alike.
 *
 * @param mistakes - A name may have one character wrong; only for the second search of a query.
 * @returns Best first, ties by id; each place once.
 */
export function rankTexts(
  query: TextQuery,
  hits: readonly TextHit[],
  mistakes: boolean,
): TextCandidate[] {
  const byId = new Map<string, TextCandidate>();
  for (const { id, source } of hits) {
    const candidate = byId.has(id) ? null : candidateOf(query, source, mistakes);
    if (candidate) byId.set(id, candidate);
  }
  return [...byId.values()].sort(
    (a, b) => b.score.total - a.score.total || (a.source.id < b.source.id ? -1 : 1),
  );
}

function candidateOf(
  query: TextQuery,
  source: TextSource,
  mistakes: boolean,
): TextCandidate | null {
  const whereabouts = whereaboutsOf(query, source, TEXT_RANKING);
  if (whereabouts === null) return null;
  const { home, near, distanceKm } = whereabouts;
  const match = matchText(query, source, mistakes);
  if (!match || match.coverage < TEXT_RANKING.least) return null;
  const { language } = query.reader;
  // That a name is whole says little where half of the text is left over.
  const sure = match.coverage ** 2;
  const parts = {
    coverage: TEXT_RANKING.coverage * match.coverage,
    whole: match.share === 1 ? TEXT_RANKING.whole * sure : 0,
    share: TEXT_RANKING.share * match.share * sure,
    language: match.name && fitsReader(match.name, language) ? TEXT_RANKING.language : 0,
    importance: TEXT_RANKING.importance * source.importance,
    home,
    near,
    fine: source.granularity === undefined ? 0 : TEXT_RANKING.fine,
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  const candidate: TextCandidate = { source, match, score: { ...parts, total } };
  if (distanceKm !== undefined) candidate.distanceKm = distanceKm;
  return candidate;
}
