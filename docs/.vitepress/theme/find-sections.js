// Search over the sections of the pages, in the browser: forms, widths and cases meet through the fold of
// suoyin, and text without spaces is found by any two neighbouring characters.
import { fold } from '../../../lib/analyzers/fold.ts';

/** What a hit in a part of a section counts. */
const WEIGHTS = { title: 6, heading: 4, text: 1 };
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]+/u;

/** The terms of a query: words whole, runs of Han characters and kana whole and by pairs. */
export function termsOf(query) {
  return query
    .normalize('NFKC')
    .split(/[\s\p{P}\p{S}]+/u)
    .flatMap((word) => word.split(new RegExp(`(${UNSPACED.source})`, 'u')))
    .filter((word) => word !== '')
    .map((word) => {
      const key = fold(word);
      const pairs = UNSPACED.test(word) && [...key].length > 2 ? pairsOf(key) : [];
      return { key, pairs };
    });
}

function pairsOf(key) {
  const characters = [...key];
  return characters.slice(1).map((character, at) => characters[at] + character);
}

/** Sections with their keys, made once. */
export function prepare(sections) {
  return sections.map((section) => ({
    ...section,
    keys: { title: fold(section.title), heading: fold(section.heading), text: fold(section.text) },
  }));
}

/** The sections that have every term, the best first. */
export function findSections(prepared, query, limit = 12) {
  const terms = termsOf(query);
  if (terms.length === 0) return [];
  return prepared
    .map((section) => ({ section, score: scoreOf(section.keys, terms) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ section }) => section);
}

function scoreOf(keys, terms) {
  let sum = 0;
  for (const { key, pairs } of terms) {
    let best = 0;
    for (const [part, weight] of Object.entries(WEIGHTS)) {
      const whole = keys[part].split(key).length - 1;
      const found = pairs.filter((pair) => keys[part].includes(pair)).length;
      // Two of three pairs have to be there.
      const share =
        pairs.length > 0 && found >= (2 * pairs.length) / 3 ? found / pairs.length / 2 : 0;
      best += weight * (whole > 0 ? 1 + Math.log(whole) : share);
    }
    if (best === 0) return 0;
    sum += best;
  }
  return sum;
}

/** Text around the first hit, `[before, hit, after]`. */
export function fragmentOf(text, query) {
  const lower = text.toLowerCase();
  const words = termsOf(query).map(({ key }) => key);
  const at = words.map((word) => lower.indexOf(word)).filter((index) => index >= 0);
  const start = at.length > 0 ? Math.min(...at) : 0;
  const length = words.find((word) => lower.startsWith(word, start))?.length ?? 0;
  const from = Math.max(0, start - 30);
  return [
    `${from > 0 ? '…' : ''}${text.slice(from, start)}`,
    text.slice(start, start + length),
    text.slice(start + length, start + 110),
  ];
}
