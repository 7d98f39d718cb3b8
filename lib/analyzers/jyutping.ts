import { taiwanTyped } from './taiwan-spellings.ts';

// Syllables of Jyutping, the romanisation of Cantonese by the Linguistic Society of Hong Kong (1993, revised 2018).
const INITIALS = ['', ...'b p m f d t n l g k ng h gw kw w z c s j'.split(' ')];
const FINALS = (
  'aa aai aau aam aan aang aap aat aak ai au am an ang ap at ak e ei eu em eng ep ek i iu im in ing ip it ik ' +
  'o oi ou on ong ot ok oe oeng oet oek eoi eon eot u ui un ung ut uk yu yun yut'
).split(' ');
const WHOLE: ReadonlySet<string> = new Set([
  ...INITIALS.flatMap((initial) => FINALS.map((final) => initial + final)),
  'm',
  'ng',
]);
const BEGUN: ReadonlySet<string> = new Set(
  Array.from(WHOLE, (syllable) =>
    Array.from(syllable, (_, at) => syllable.slice(0, at + 1)),
  ).flat(),
);
/** Letters of the longest syllables: gwaang, kwaang. */
const LONGEST = 6;
/** Most letters of typed text that are read: longer text is not a name. */
const MOST = 64;

/** The key of a reading in Jyutping: its letters. */
export function jyutpingKey(jyutping: string): string {
  return jyutping.replace(/[^a-z]/g, '');
}

/**
 * Converts typed text to a prefix of keys in Jyutping, with or without tones; null if it has other syllables.
 *
 * @example
 * jyutpingTyped('zoeng1 gwan1 o'); // => 'zoenggwano'
 */
export function jyutpingTyped(text: string): string | null {
  const typed = text.trim().toLowerCase();
  if (!/^[a-z1-6 '-]+$/.test(typed)) return null;
  const letters = jyutpingKey(typed);
  if (letters === '' || letters.length > MOST) return null;
  const reached = new Uint8Array(letters.length + 1);
  reached[0] = 1;
  for (let from = 0; from < letters.length; from++) {
    if (reached[from] === 0) continue;
    if (letters.length - from <= LONGEST && BEGUN.has(letters.slice(from))) return letters;
    for (let length = 1; length <= LONGEST; length++) {
      if (WHOLE.has(letters.slice(from, from + length))) reached[from + length] = 1;
    }
  }
  return null;
}

/**
 * Converts typed text to prefixes of keys of the field `taiwan`: in a romanisation of Taiwan, or in Jyutping. There
 * are two if a digit belongs to the name in the first and is a tone in the second.
 */
export function localTyped(text: string): string[] {
  const forms = [taiwanTyped(text), jyutpingTyped(text)].filter((form) => form !== null);
  return [...new Set(forms)];
}
