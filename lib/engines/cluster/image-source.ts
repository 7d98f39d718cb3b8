import type { ImageDocument } from '../../knn/document.ts';

/** Digits that tell any two numbers of single precision apart (IEEE 754: 1 + ceil(24 log10 2)). */
const DIGITS_MAX = 9;
/** Where trying begins: fewer are right for one number in some hundreds. */
const DIGITS_MIN = 7;

/**
 * A picture as it is sent: vectors in few digits, since `_source` keeps their JSON. A number of single
 * precision takes 17 where it is written as one of double precision.
 *
 * `readImageSource` gets the same numbers back, to the last bit.
 */
export function imageSource(document: ImageDocument): ImageDocument {
  const source = { ...document };
  if (document.vector) source.vector = document.vector.map(shortest);
  if (document.trimmed) source.trimmed = document.trimmed.map(shortest);
  return source;
}

/** The number with the fewest digits that is the same in single precision. */
function shortest(number: number): number {
  const single = Math.fround(number);
  for (let digits = DIGITS_MIN; digits < DIGITS_MAX; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return Number(single.toPrecision(DIGITS_MAX));
}
