import fc from 'fast-check';

const LAST = 0x10ffff;
const [FIRST_HALF, HALVES] = [0xd800, 0x800];

/**
 * Any character but a half surrogate pair, as fast-check's unit `binary` gives, which takes a second
 * to make.
 */
export function anyCharacter(): fc.Arbitrary<string> {
  return fc.nat(LAST - HALVES).map(
    (at) => String.fromCodePoint(at < FIRST_HALF ? at : at + HALVES),
    (text) => {
      const code = typeof text === 'string' ? (text.codePointAt(0) ?? NaN) : NaN;
      if (Number.isNaN(code) || String.fromCodePoint(code) !== text) throw new TypeError('not one');
      return code < FIRST_HALF ? code : code - HALVES;
    },
  );
}

/** A string of any characters. */
export function anyString(options: fc.StringConstraints = {}): fc.Arbitrary<string> {
  return fc.string({ ...options, unit: anyCharacter() });
}
