import {
  chainOf,
  type Cover,
  type CoverPart,
  coverByWholeName,
  isMistake,
  isPlain,
} from '../reading/judge.ts';
import { kindWords } from '../reading/kind-words.ts';
import type { ReadText } from '../reading/read-text.ts';
import type { RawPart } from '../reading/readings.ts';
import { CUT } from '../reading/typed-text.ts';
import type { TextSource } from '../searches.ts';
import { RANKING } from '../suggest/ranking.ts';
import type { TextMatch } from './match.ts';
import type { TextQuery } from './query.ts';
import type { TextPart, TextSegment } from './segments.ts';

const PARTS: Readonly<Record<Exclude<CoverPart['type'], 'rest'>, TextPart>> = {
  name: 'name',
  container: 'container',
  kind: 'kind',
  operator: 'kind',
  admin: 'kind',
};

/**
 * How a place matches a text that is read in parts: by one of its whole names, with its containers
 * in any script around it. A rest may follow: 新宿駅 of 新宿駅南口.
 *
 * @returns Null if it does not match; `matchText` judges a single name.
 */
export function coverMatch(query: TextQuery, read: ReadText, source: TextSource): TextMatch | null {
  let bySource = judged.get(read);
  if (!bySource) judged.set(read, (bySource = new Map<TextSource, TextMatch | null>()));
  let found = bySource.get(source);
  if (found === undefined) bySource.set(source, (found = judge(query, read, source)));
  return found;
}

/** Matches by text and place: each place is judged once, however many searches find it. */
const judged = new WeakMap<ReadText, Map<TextSource, TextMatch | null>>();

function judge(query: TextQuery, read: ReadText, source: TextSource): TextMatch | null {
  const cover = coverByWholeName(read, source, query.reader.language);
  if (!cover || cover.partial || isPlain(cover)) return null;
  const segments = cover.parts.flatMap((part) => segmentOf(query, read, source, part) ?? []);
  const length = query.key.replaceAll(' ', '').length;
  const units = segments.reduce((sum, { start, end, wrong }) => {
    return sum + query.key.slice(start, end).replaceAll(' ', '').length - (wrong ? 1 : 0);
  }, 0);
  const { name, key } = cover.own;
  const full = (name.key ?? name.text).length;
  return {
    name,
    segments,
    coverage: units / length,
    share: cover.own.layer === 'derived' ? Math.min(1, key.length / full) : 1,
    read: readOf(cover, read),
  };
}

/** Whether a part is certainly a container: with its administrative word, or between separators. */
export function isCertain(
  { typed, lattice }: ReadText,
  { from, to }: CoverPart | RawPart,
): boolean {
  if (!lattice[from]!.some((edge) => edge.type === 'container' && !edge.guess && edge.to === to))
    return false;
  const { cuts, key } = typed;
  if (cuts[from] === CUT.separator && cuts[to] === CUT.separator) return true;
  const last = kindWords('name').words.get(key[to - 1]!);
  return last?.some(({ part }) => part === 'admin') ?? false;
}

function readOf({ parts, value, guess }: Cover, read: ReadText): NonNullable<TextMatch['read']> {
  const inside = parts.some((part) => part.type === 'container' && isCertain(read, part));
  const isSure = (part: CoverPart): boolean =>
    part.type === 'kind' ||
    part.type === 'operator' ||
    (part.type === 'name' && isCertain(read, part));
  // Coverage has what is wrong already.
  const worth = guess ? value + RANKING.state.literal - RANKING.state.homophone : value;
  return { value: worth, sure: inside || parts.some(isSure), inside, guess };
}

function segmentOf(
  query: TextQuery,
  { typed, containers }: ReadText,
  source: TextSource,
  part: CoverPart,
): TextSegment | null {
  if (part.type === 'rest') return null;
  const start = query.starts.findIndex((at) => at >= typed.starts[part.from]!);
  const end = query.ends.findLastIndex((at) => at <= typed.ends[part.to - 1]!) + 1;
  if (start < 0 || end <= start) return null;
  const { edge } = part;
  const isWrong =
    (edge?.type === 'name' && isMistake(edge)) || (edge?.type === 'container' && edge.guess);
  const wrong = isWrong ? { wrong: [start, end] as const } : {};
  const segment = { start, end, at: 0, of: 0, aligned: true, value: end - start, ...wrong };
  if (edge?.type === 'name') {
    const key = edge.name.key ?? edge.name.text;
    const at = key.indexOf(edge.key);
    return { ...segment, part: 'name', met: at < 0 ? [] : [[at, at + edge.key.length]] };
  }
  if (edge?.type !== 'container') return { ...segment, part: PARTS[part.type], met: [] };
  const chain = chainOf(containers, source);
  const keys = [...edge.means].filter((i) => chain.has(i)).map((i) => containers.mainKey(i));
  const of = source.within.findIndex((key) => keys.includes(key));
  return of < 0
    ? { ...segment, part: 'container', of, met: [] }
    : { ...segment, part: 'container', of, met: [[0, source.within[of]!.length]] };
}
