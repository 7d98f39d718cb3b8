import { pinyinKey, pinyinOf } from '../../analyzers/readings.ts';
import { type KeyField, tailOf } from '../record/document.ts';
import { withinOneEdit } from '../suggest/edit-distance.ts';
import { likeness } from '../suggest/likeness.ts';
import type { Anchor } from './anchors.ts';
import type { Containers } from './containers.ts';
import { kindWords, longWords } from './kind-words.ts';
import type { Edge, Lattice } from './lattice.ts';
import { numbersDiffer } from './numbers.ts';
import type { RawReading } from './readings.ts';
import { latinRuns } from './streets.ts';
import { CUT, type TypedText } from './typed-text.ts';

/** Bounds of what is taken for a mistake in one query. */
export const MISTAKE_LIMITS: Readonly<Record<'spans' | 'length' | 'containers' | 'words', number>> =
  Object.freeze({
    /** Parts of the text. */
    spans: 8,
    /** Units of such a part. */
    length: 40,
    /** Containers that one part may be meant for. */
    containers: 8,
    /** Words in Latin letters that are compared with kind words. */
    words: 16,
  });

/** A part of a text that nothing known begins: it may be mistyped. Positions are those of the folding key. */
export interface MistakenSpan {
  from: number;
  to: number;
  /** Folded. */
  text: string;
  /** Toneless pinyin of Han text: a homophone is the commonest mistake of who types by sound. */
  pinyin: string | null;
  /** The containers around it in the reading, see `RawReading`. */
  chain: readonly number[] | null;
  /** Cost of the reading. */
  cost: number;
}

const HAN = /^\p{Script=Han}+$/u;

/** Parts of the cheapest readings that nothing is known of, with and without the administrative word behind. */
export function mistakenSpans(
  { key, classes, cuts }: TypedText,
  lattice: Lattice,
  readings: readonly RawReading[],
): readonly MistakenSpan[] {
  const spans = new Map<string, MistakenSpan>();
  const add = (from: number, end: number, { chain, cost }: RawReading): void => {
    const text = key.slice(from, end).trimEnd();
    const name = `${from} ${text}`;
    if (text.length < 2 || text.length > MISTAKE_LIMITS.length || spans.has(name)) return;
    if (spans.size >= MISTAKE_LIMITS.spans) return;
    // In scripts without spaces a separator parts two names.
    for (let at = from + 1; at < from + text.length; at++) {
      const spaced = classes[at] === 'space' || classes[at - 1] === 'space';
      if (cuts[at] === CUT.separator && !spaced) return;
    }
    // Tokyo osaka: a name that is known is no mistake for another one.
    const to = from + text.length;
    if (lattice[from]!.some((edge) => edge.type === 'container' && edge.to === to)) return;
    const pinyin = HAN.test(text) ? pinyinKey(pinyinOf(text)) : null;
    spans.set(name, { from, to, text, pinyin, chain, cost });
  };
  for (const reading of readings) {
    reading.parts.forEach((part, i) => {
      if (part.type !== 'unknown') return;
      const next = reading.parts[i + 1];
      if (next?.type === 'admin') add(part.from, next.to, reading);
      add(part.from, part.to, reading);
    });
  }
  return [...spans.values()];
}

/**
 * How easily a name is mistaken for what was typed, over 0 up to 1; 0 where the two are no mistake of each
 * other. See `likeness`.
 *
 * @param text - Folded, as the key of the name.
 */
export function mistakenFor(text: string, key: string): number {
  // Most names differ, which is known without looking at the script.
  if (text.length < 3 || key === text || !withinOneEdit(text, key)) return 0;
  const isHan = HAN.test(text);
  // With two characters, half of a name would be enough.
  if (text.length < 4 && !isHan) return 0;
  if (numbersDiffer(text, key)) return 0;
  if (isHan && text.length === key.length && text.at(-1) !== key.at(-1)) {
    // 大安路 is no mistake for 大安區.
    const last = kindWords('name').words.get(key.at(-1)!);
    if (last?.some(({ part }) => part === 'admin')) return 0;
  }
  const alike = likeness(text, key);
  // Behind it more was typed, so that it is no beginning.
  return alike === 0 && !isHan && text.length !== key.length ? 0.5 : alike;
}

/** Of a container that is written with its administrative word, one character may be any other: 苗票縣. */
function areaMistakenFor(text: string, key: string): number {
  if (!HAN.test(text) || text.length < 3 || text.length !== key.length) return 0;
  const isArea = kindWords('name')
    .words.get(text.at(-1)!)
    ?.some(({ part }) => part === 'admin');
  if (!isArea || text.at(-1) !== key.at(-1) || numbersDiffer(text, key)) return 0;
  return withinOneEdit(text, key) && text !== key ? UNLIKE : 0;
}

/** Behind those that sound or look alike. */
const UNLIKE = 0.2;

/** A lattice with the containers and kind words that a part may be a mistyped form of. */
export function withMistakes(
  typed: TypedText,
  lattice: Lattice,
  { spans, containers }: { spans: readonly MistakenSpan[]; containers: Containers },
): Lattice {
  const edges: Edge[][] = lattice.map((list) => [...list]);
  for (const edge of mistakenWords(typed, lattice)) edges[edge.from]!.push(edge);
  for (const { from, to, text } of spans) {
    const found: { key: number; alike: number }[] = [];
    const isKnown = lattice[from + 1]?.some((edge) => edge.type === 'container' && edge.to === to);
    containers.near(text, (key, spelled) => {
      // 清水時京都: what is known behind it is no part of a mistake.
      if (isKnown && spelled[0] !== text[0]) return;
      const alike = mistakenFor(text, spelled) || areaMistakenFor(text, spelled);
      if (alike > 0) found.push({ key, alike });
    });
    found.sort((a, b) => b.alike - a.alike);
    for (const { key } of found.slice(0, MISTAKE_LIMITS.containers)) {
      const postings = containers.postings(key);
      const known = { from, to, layer: 'name', glued: false, length: text.length } as const;
      edges[from]!.push({ type: 'container', ...known, postings, guess: true });
    }
  }
  return edges;
}

/** Unknown words in Latin letters that are one mistake away from a kind word: Xihu Distrct. */
function* mistakenWords(typed: TypedText, lattice: Lattice): Generator<Edge> {
  const words = latinRuns(typed).flat();
  for (const { text, from, to } of words.slice(0, MISTAKE_LIMITS.words)) {
    if (from === 0 || text.length < 5 || lattice[from]!.some((edge) => edge.to === to)) continue;
    for (const [key, list] of longWords()) {
      if (!withinOneEdit(text, key)) continue;
      for (const word of list) yield { type: 'word', from, to, word, glued: false, guess: true };
    }
  }
}

/** Where to look for places that a part may be a mistake for: only inside of containers that were typed. */
export function mistakeAnchors(spans: readonly MistakenSpan[]): Anchor[] {
  const anchors: Anchor[] = [];
  for (const { text, pinyin, chain, cost } of spans) {
    if (chain === null) continue;
    const add = (field: KeyField, match: Anchor['match'], value: string): void => {
      anchors.push({ field, value, match, chain, rest: false, price: cost });
    };
    const [first = '', second = '', ...rest] = Array.from(text);
    if (pinyin !== null) add('pinyin', 'whole', pinyin);
    if (rest.length === 0) continue;
    if (pinyin === null && text.length < 4) continue;
    add('name', 'edit', text);
    add('name', 'whole', [second, first, ...rest].join(''));
    if (pinyin !== null) add('tail', 'whole', tailOf(text));
  }
  return anchors;
}
