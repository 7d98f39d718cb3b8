import { type ImageDocument, VECTOR_FIELDS } from '../../knn/document.ts';

/** Digits that distinguish any two numbers of single precision (IEEE 754: 1 + ceil(24 log10 2)). */
const DIGITS_MAX = 9;
/** The first number of digits to try; fewer suffice for only one number in several hundred. */
const DIGITS_MIN = 7;

/**
 * A picture with its vectors in few digits, since `_source` stores their JSON. Written in double
 * precision, a number of single precision takes 17 digits.
 *
 * Read back in single precision, the numbers are the same to the last bit.
 */
export function imageSource(document: ImageDocument): ImageDocument {
  const source = { ...document };
  for (const name of VECTOR_FIELDS) {
    const vector = document[name];
    if (vector) source[name] = vector.map(shortest);
  }
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
