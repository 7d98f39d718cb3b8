import { fold } from '../../analyzers/fold.ts';
import type { PlaceKind } from '../place.ts';
import type { IndexedName, PlaceSource } from '../record/document.ts';
import { shortNameOf } from '../record/short-name.ts';

/** What is written without spaces, though records may have them. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー\s]+$/u;

/** A name less its container is at least so long. */
const LEAST = 2;
/** Areas whose official names hold those of others; a bridge of Japan (日本橋) is no bridge in Japan. */
const KINDS: ReadonlySet<PlaceKind> = new Set<PlaceKind>(['city', 'district', 'town']);
/** A district of Japan that has no office and mostly no record: 西置賜郡白鷹町. */
const JAPANESE_COUNTY = '郡';

/** A name that is put together: 京都市 and 左京区. */
interface Compound {
  front: string;
  rest: string;
}

type Named = Pick<PlaceSource, 'kind' | 'names' | 'parents'>;

function* compoundsOf({ kind: kindOfPlace, names, parents }: Named): Generator<Compound> {
  if (!KINDS.has(kindOfPlace)) return;
  const made = names.filter((name) => name.made).map(({ text }) => text);
  for (const { text, kind } of names) {
    if ((kind !== 'official' && kind !== 'short') || !UNSPACED.test(text)) continue;
    const cut = (at: number): Compound => ({ front: text.slice(0, at), rest: text.slice(at) });
    const space = text.search(/\s/u);
    if (space > 0) yield cut(space);
    const county = text.indexOf(JAPANESE_COUNTY);
    if (county > 1 && text.length > county + LEAST) yield cut(county + 1);
    // 성남시분당구 is called 분당구: what its short name leaves is the city.
    const inner = made.find((short) => text.endsWith(short) && text.length >= short.length + LEAST);
    if (inner !== undefined) yield cut(text.length - inner.length);
    for (const parent of parents) {
      if (parent.kind === 'country') continue;
      for (const name of Object.values(parent.names)) {
        const isInside = name.length >= 2 && text.length >= name.length + LEAST;
        if (isInside && text.startsWith(name)) yield cut(name.length);
      }
    }
  }
}

/**
 * Folded keys of what is left of a name that begins with its own container (京都市左京区), or with a word
 * that its folding key joins to the rest (수원시 장안구): people type the rest alone, or behind the container.
 */
export function innerNames(place: Named): string[] {
  const known = new Set(place.names.map((name) => name.key ?? name.text));
  const rests = Array.from(compoundsOf(place), ({ rest }) => rest.trim());
  const found = new Set(
    rests.flatMap((rest) => [rest, shortNameOf(rest, place.kind) ?? rest]).map(fold),
  );
  return [...found].filter((key) => key !== '' && !known.has(key));
}

const fronts = new WeakMap<readonly IndexedName[], readonly string[]>();

/** Folded keys of what such names begin with, in full and short. */
export function nameFronts(place: Named): readonly string[] {
  let found = fronts.get(place.names);
  if (!found) {
    const texts = Array.from(compoundsOf(place), ({ front }) => front);
    const all = texts.flatMap((text) => [text, shortNameOf(text, 'city') ?? text]);
    found = [...new Set(all.map((text) => fold(text)))].filter((key) => key !== '');
    fronts.set(place.names, found);
  }
  return found;
}
