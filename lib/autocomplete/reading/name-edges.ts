import { fitsReader } from '../display/names.ts';
import type { IndexedName, PlaceSource } from '../record/document.ts';
import { RANKING } from '../suggest/ranking.ts';
import type { MatchState } from '../suggest/interpretations.ts';
import { restBegins } from '../suggest/match.ts';
import type { ReaderLanguage } from '../suggest/reader.ts';
import { keysOfName } from './containers.ts';
import type { OwnEdge } from './cover-edges.ts';
import { innerNames } from './inner-names.ts';
import { GLUED_MIN } from './lattice.ts';
import { withoutStationWord } from './kind-words.ts';
import { mistakenFor, type MistakenSpan } from './mistakes.ts';
import { hasNumber, numberedKey } from './numbers.ts';
import type { IndexedLine, LineStart, ReadText } from './read-text.ts';
import { CUT, endsOf, type Layer, type Line, startsOf } from './typed-text.ts';

/** Taken off a name less what it begins with, and one that is only that of a container. */
const DERIVED = -0.1;
const GLUED = -0.1;

/** One key that a place may be called by. */
export interface Word {
  layer: IndexedLine['layer'];
  key: string;
  name: IndexedName;
  derived: boolean;
  /** A spelling or reading that is not the place's own. */
  weak?: true;
}

type WordLayer = Word['layer'];

/** Words of places met so far by layer, by their names, as long as these are kept. */
const words = new WeakMap<readonly IndexedName[], Map<WordLayer, readonly Word[]>>();

/** Made only for the layers that a text is written in: readings of hundreds of places take long. */
export function wordsOf(source: PlaceSource, layer: WordLayer): readonly Word[] {
  const { names } = source;
  let byLayer = words.get(names);
  if (!byLayer) words.set(names, (byLayer = new Map<WordLayer, readonly Word[]>()));
  let found = byLayer.get(layer);
  if (!found) {
    found = [...(layer === 'number' ? numberedWords(source) : makeWords(source, layer))];
    byLayer.set(layer, found);
  }
  return found;
}

function* numberedWords({ names }: PlaceSource): Generator<Word> {
  for (const name of names) {
    const key = name.key ?? name.text;
    if (!hasNumber(key)) continue;
    yield { layer: 'number', key: numberedKey(key).text, name, derived: false };
  }
}

function* makeWords(source: PlaceSource, layer: Layer): Generator<Word> {
  for (const name of source.names) {
    for (const [key, weak] of keysOfName(name, layer, source.country)) {
      yield { layer, key, name, derived: false, ...(weak && { weak }) };
      // 板橋捷運站 for 板橋車站: its own word for a station may be another one.
      const stem = source.kind === 'station' ? withoutStationWord(layer, key) : null;
      if (stem !== null) yield { layer, key: stem, name, derived: true, ...(weak && { weak }) };
    }
  }
  if (layer !== 'name') return;
  for (const key of innerNames(source)) {
    const short = source.names.find((n) => n.made && (n.key ?? n.text).startsWith(key));
    yield { layer, key, name: short ?? source.names[0]!, derived: true };
  }
}

/** Names of the place that stand in the text, and what they are worth; see `RANKING`. */
export function nameEdges(
  read: ReadText,
  source: PlaceSource,
  language: ReaderLanguage,
): OwnEdge[] {
  const edges: OwnEdge[] = [];
  for (const layer of read.layers) {
    const starts = read.startsIn(layer);
    for (const word of wordsOf(source, layer)) {
      const begun = starts.get(word.key[0]!);
      if (!begun) continue;
      for (const start of begun) addWord(word, start, { read, language, edges });
    }
  }
  return edges;
}

function addWord(
  word: Word,
  { line, unit }: LineStart,
  { read, language, edges }: { read: ReadText; language: ReaderLanguage; edges: OwnEdge[] },
): void {
  const { cuts, classes, key } = read.typed;
  const { length } = word.key;
  const rest = line.text.length - unit;
  const isWhole = !line.tens && length <= rest && line.text.startsWith(word.key, unit);
  if (!isWhole) {
    if (line.at.at(-1) !== key.length || length <= rest) return;
    if (!word.key.startsWith(line.text.slice(unit))) return;
    if (line.tens && !/^\d/.test(word.key.slice(rest))) return;
  }
  const plain = line as Line;
  for (const from of startsOf(plain, unit)) {
    const isLatin = classes[from] === 'latin';
    if (cuts[from] === CUT.none && !(isLatin && isWhole)) continue;
    // Behind other initials one is no beginning of a name.
    if (!isWhole && cuts[from] === CUT.inside && isBareJamo(line.text.slice(unit))) continue;
    for (const to of isWhole ? endsOf(plain, unit + length - 1) : [key.length]) {
      if (to <= from) continue;
      const glued = cuts[from] === CUT.none || cuts[to] === CUT.none;
      if (glued && !(isLatin && length >= GLUED_MIN)) continue;
      const share = Math.min(1, (isWhole ? length : rest) / length);
      edges.push({
        type: 'name',
        from,
        to,
        name: word.name,
        layer: word.derived ? 'derived' : word.layer,
        key: word.key,
        whole: isWhole,
        share,
        short: isShort(classes[from], word.key),
        value: valueOf(word, { share, whole: isWhole, language }) + (glued ? GLUED : 0),
      });
    }
  }
}

/** Consonants of Hangul without a vowel. */
function isBareJamo(text: string): boolean {
  return /^[\u1100-\u1112]+$/.test(text);
}

function isShort(of: string | undefined, key: string): boolean {
  return key.length <= shortLength(of);
}

/** Length of the longest name in a script that says too little beside something that is not known. */
export function shortLength(of: string | undefined): number {
  return of === 'latin' || of === 'bopomofo' || of === 'hangul' ? 3 : 1;
}

/** Names of the place that the text begins at its end, and whose rest the input method still holds: 西しんj. */
export function* uncommittedEdges(
  read: ReadText,
  source: PlaceSource,
  language: ReaderLanguage,
): Generator<OwnEdge> {
  const { key, cuts, uncommitted } = read.typed;
  if (uncommitted === key.length) return;
  const tail = key.slice(uncommitted);
  for (const word of wordsOf(source, 'name')) {
    if (word.derived) continue;
    for (const { starts } of read.lines('name')) {
      for (const from of starts.get(word.key[0]!) ?? []) {
        const length = uncommitted - from;
        if (length < 1 || length >= word.key.length || cuts[from] === CUT.none) continue;
        const committed = key.slice(from, uncommitted);
        if (!word.key.startsWith(committed)) continue;
        if (!restBegins(word.name, Array.from(committed).length, tail)) continue;
        const share = (length + 1) / word.key.length;
        yield {
          type: 'name',
          from,
          to: key.length,
          name: word.name,
          layer: 'uncommitted',
          key: word.key,
          whole: false,
          share,
          short: false,
          value: valueOf(word, { share, whole: false, language, state: 'reading' }),
        };
      }
    }
  }
}

/** Names of the place that a part of the text may be a mistake for. */
export function mistakenEdges(
  { spans, typed }: ReadText,
  source: PlaceSource,
  language: ReaderLanguage,
): OwnEdge[] {
  const edges: OwnEdge[] = [];
  const add = ({ from, to }: MistakenSpan, word: Word, alike: number | null): void => {
    const { key, name } = word;
    const state = alike === null ? 'homophone' : 'edit';
    const value = valueOf(word, { share: 1, whole: true, language, state });
    edges.push({
      type: 'name',
      from,
      to,
      name,
      layer: state,
      key,
      whole: true,
      share: 1,
      short: isShort(typed.classes[from], key),
      value: value + RANKING.alike * (alike ?? 0),
    });
  };
  const isOwn = ({ derived, name }: Word): boolean => !derived && name.kind !== 'misspelling';
  for (const span of spans) {
    const { text, pinyin } = span;
    for (const word of wordsOf(source, 'name')) {
      const alike = mistakenFor(text, word.key);
      if (alike > 0 && isOwn(word)) add(span, word, alike);
    }
    if (pinyin === null) continue;
    for (const word of wordsOf(source, 'pinyin')) {
      if (word.key === pinyin && isOwn(word)) add(span, word, null);
    }
  }
  return edges;
}

function stateOf({ layer, key, name }: Word): MatchState {
  if (layer === 'choseong') return 'initials';
  const literal =
    layer === 'name' || layer === 'number' || (layer === 'kana' && (name.key ?? name.text) === key);
  return literal ? 'literal' : 'reading';
}

/** As the ranking values a name that is all of the text. */
function valueOf(
  word: Word,
  {
    share,
    whole,
    language,
    state = stateOf(word),
  }: { share: number; whole: boolean; language: ReaderLanguage; state?: MatchState },
): number {
  const { key, name, derived, weak } = word;
  let value = RANKING.state[state] + RANKING.share * share;
  if (whole) {
    const enough = /\p{Script=Latin}/u.test(key) ? 3 : 2;
    value += RANKING.whole * Math.min(1, Array.from(key).length / enough);
  }
  if (fitsReader(name, language)) value += RANKING.language;
  if (derived) value += DERIVED;
  if (weak) value += RANKING.habit;
  if (name.kind === 'colloquial') value += RANKING.colloquial;
  if (name.kind === 'historic' || name.kind === 'misspelling') value += RANKING.historic;
  return value;
}

/** A container's name that stands for a station of the same name, whose record lacks this spelling of it. */
export function* namesakeEdges(
  { lattice, containers }: ReadText,
  source: PlaceSource,
  chain: ReadonlySet<number>,
): Generator<OwnEdge> {
  if (source.kind !== 'station') return;
  for (const edges of lattice) {
    for (const edge of edges) {
      if (edge.type !== 'container' || edge.glued || edge.guess) continue;
      for (const posting of edge.postings) {
        if ((posting & 3) > 0 || !chain.has(posting >> 2)) continue;
        const keys = new Set(containers.keysOf(posting >> 2, 'name', 0));
        const name = source.names.find(
          (n) => n.kind !== 'misspelling' && keys.has(n.key ?? n.text),
        );
        if (!name) continue;
        const value = RANKING.state.reading + RANKING.share + RANKING.whole + DERIVED;
        const key = name.key ?? name.text;
        const { from, to } = edge;
        yield {
          type: 'name',
          from,
          to,
          name,
          layer: 'namesake',
          key,
          whole: true,
          share: 1,
          short: false,
          value,
        };
        break;
      }
    }
  }
}
