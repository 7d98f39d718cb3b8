/** What one place over one text needs meanwhile, by position and state; the next takes it over. */
export interface Scratch<Part> {
  values: Float64Array;
  /** By position, a bit for every state that was come to. */
  reached: Uint16Array;
  before: Int32Array;
  parts: (Part | null)[];
  last: (Part | null)[];
}

/**
 * Room for all states of all positions.
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
