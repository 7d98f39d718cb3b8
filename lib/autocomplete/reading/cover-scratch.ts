/** Arrays for covering a text by one place, by position and state; reused for the next place. */
export interface Scratch<Part> {
  values: Float64Array;
  /** By position, a bit for each state that was reached. */
  reached: Uint16Array;
  before: Int32Array;
  parts: (Part | null)[];
  last: (Part | null)[];
}

/**
 * Arrays for all states of all positions.
 *
 * @param size - Positions times `states`.
 */
export function scratchOf<Part>(size: number, states: number): Scratch<Part> {
  return {
    values: new Float64Array(size),
    reached: new Uint16Array(size / states),
    before: new Int32Array(size),
    parts: new Array<Part | null>(size).fill(null),
    last: new Array<Part | null>(size).fill(null),
  };
}
