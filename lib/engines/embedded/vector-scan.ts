import { Growing } from '../../growing.ts';
import { lengthOf, type VectorSpace } from '../../knn/space.ts';
import { ByteRows } from './byte-rows.ts';
import { HashSlots, SLOTS_DISTANCE } from './hash-slots.ts';
import { Smallest } from './smallest.ts';

/** A view that may be one of the nearest. */
export interface Candidate {
  view: number;
  /** Its distance is not below this. */
  low: number;
  /** Its place in the scan. */
  row: number;
}

/** Hashes from which they are sorted: comparing as many takes less than a millisecond. */
const SORTED_FROM = 65_536;
/** Largest number that a byte stands for. */
const BYTE_MAX = 127;
/** Share of a distance that rounding in double precision stays far below. */
const ROUNDING = 1e-9;

/**
 * The views of an index in memory, as bytes, to find the nearest ones without reading their vectors.
 *
 * A number of a vector is stored as a byte times a scale of the vector, so a distance is known up to
 * a bound, which follows from the length of what rounding took away: with q = q' + r and v = v' + s,
 * |q·v - q'·v'| <= |q'| |s| + |r| |v|. Every view that may be among the nearest by that bound is a
 * candidate; the vectors of these have to be compared. Bits are stored as they are.
 */
export class VectorScan {
  /** All views up to this number have been added, of those that this scan is for. */
  through: number;
  readonly #space: VectorSpace;
  readonly #rows: ByteRows;
  /** Number of the view of each row; -1 if it was removed. */
  readonly #views = new Growing(Float64Array);
  readonly #docs = new Growing(Float64Array);
  #slots: HashSlots | null = null;
  #isSorting = false;
  /**
   * Euclidean length of each vector, its scale, and the length of what rounding took away; for a
   * cosine all divided by the length.
   */
  readonly #lengths = new Growing(Float64Array);
  readonly #scales = new Growing(Float64Array);
  readonly #rests = new Growing(Float64Array);

  /**
   * @param through - Start of `through`.
   * @param options - simd: as for `ByteRows`.
   */
  constructor(space: VectorSpace, through = 0, options: { simd?: boolean } = {}) {
    this.#space = space;
    this.through = through;
    this.#rows = new ByteRows(lengthOf(space), options);
  }

  /** @param blob - The vector, as it is stored. */
  add(view: number, doc: number, blob: Uint8Array): void {
    this.#views.push(view);
    this.#docs.push(doc);
    this.through = view;
    if (this.#space.dataType === 'binary') {
      this.#rows.add(blob);
      return;
    }
    const { codes, scale, length, rest } = rounded(floatsOf(blob), BYTE_MAX, Int8Array);
    // A cosine is the inner product of vectors of length 1.
    const per = this.#space.spaceType === 'cosinesimil' ? length : 1;
    this.#rows.add(codes);
    this.#scales.push(scale / per);
    this.#lengths.push(length / per);
    this.#rests.push(rest / per);
  }

  /** Leaves out rows whose views are gone. */
  remove(rows: Iterable<number>): void {
    const views = this.#views.taken();
    for (const row of rows) views[row] = -1;
  }

  /** The rows of views that a set lacks. */
  rowsWithout(views: ReadonlySet<number>): number[] {
    const rows: number[] = [];
    this.#views.taken().forEach((view, row) => {
      if (!views.has(view)) rows.push(row);
    });
    return rows;
  }

  /**
   * Views among which the `limit` nearest are, sorted by `low`.
   *
   * @param among - A document may be found if its bit is set. Default all.
   */
  nearest(query: ArrayLike<number>, limit: number, among?: Uint8Array): Candidate[] {
    if (this.#space.dataType === 'binary') return this.#byBits(query, { limit }, among);
    const [views, docs] = [this.#views.taken(), this.#docs.taken()];
    const [lengths, scales, rests] = [
      this.#lengths.taken(),
      this.#scales.taken(),
      this.#rests.taken(),
    ];
    // A sum of products must fit into 32 bits.
    const most = Math.min(32_767, Math.floor((2 ** 31 - 1) / (BYTE_MAX * query.length)));
    const { codes, scale, length, rest } = rounded(query, most, Int16Array);
    // The distance is `base` + `square` |v|² - `slope` q·v.
    const [base, square, slope] = {
      cosinesimil: [1, 0, 1 / length] as const,
      l2: [length * length, 1, 2] as const,
      innerproduct: [0, 0, 1] as const,
      hamming: [0, 0, 0] as const,
    }[this.#space.spaceType];
    const factor = slope * scale;
    const [ofRest, ofLength] = [slope * (length + rest), slope * (rest + ROUNDING * length)];
    const kept = new Nearest(limit);
    let { worst } = kept;
    this.#rows.compare('products', codes, (first, products) => {
      for (let i = 0, row = first; i < products.length; i++, row++) {
        const own = lengths[row]!;
        const known = base + square * own * own;
        const about = known - factor * scales[row]! * products[i]!;
        const error = ofRest * rests[row]! + ofLength * own + ROUNDING * known;
        const low = about - error;
        // Most rows end here.
        if (low > worst) continue;
        if (views[row]! < 0 || (among && !hasBit(among, docs[row]!))) continue;
        kept.offer(row, low, about + error);
        worst = kept.worst;
      }
    });
    return kept.rows().map(({ row, low }) => ({ view: views[row]!, low, row }));
  }

  /**
   * Sorts hashes of 256 bits, so that `within` compares few of them. Does nothing if few have been
   * added since the last time.
   *
   * @param turn - Called now and then, to let others run.
   */
  async sort(turn: () => Promise<void>): Promise<void> {
    const { dataType, dimension } = this.#space;
    const sorted = this.#slots?.count ?? 0;
    if (dataType !== 'binary' || dimension !== 256) return;
    if (this.#views.length - sorted < Math.max(SORTED_FROM, sorted / 4) || this.#isSorting) return;
    this.#isSorting = true;
    try {
      // A copy, since rows that are added meanwhile may move the others.
      this.#slots = await HashSlots.of(this.#rows.firstRows().slice(), turn);
    } finally {
      this.#isSorting = false;
    }
  }

  /**
   * Views whose bits differ from those of a query in at most `distance`, sorted by distance, which
   * is exact.
   */
  within(query: ArrayLike<number>, distance: number, among?: Uint8Array): Candidate[] {
    return this.#byBits(query, { limit: Infinity, distance }, among);
  }

  #byBits(
    query: ArrayLike<number>,
    { limit, distance = Infinity }: { limit: number; distance?: number },
    among: Uint8Array | undefined,
  ): Candidate[] {
    const [views, docs] = [this.#views.taken(), this.#docs.taken()];
    const kept = new Nearest(limit);
    const offer = (row: number, bits: number): void => {
      if (views[row]! < 0 || (among && !hasBit(among, docs[row]!))) return;
      kept.offer(row, bits, bits);
    };
    const bytes = Uint8Array.from(query, (byte) => byte & 0xff);
    const slots = distance <= SLOTS_DISTANCE ? this.#slots : null;
    slots?.find(bytes, distance, offer);
    this.#rows.compare(
      'differences',
      bytes,
      (first, differences) => {
        for (let i = 0; i < differences.length; i++) {
          if (differences[i]! <= distance) offer(first + i, differences[i]!);
        }
      },
      slots?.count,
    );
    return kept.rows().map(({ row, low }) => ({ view: views[row]!, low, row }));
  }
}

/** Whether the bit of a number is set; those beyond the end are not. */
export function hasBit(bits: Uint8Array, number: number): boolean {
  return ((bits[Math.floor(number / 8)] ?? 0) & (1 << (number % 8))) !== 0;
}

/** The numbers of a stored vector. */
function floatsOf(blob: Uint8Array): Float32Array {
  // Drivers may give views that do not begin at a multiple of four bytes.
  const { buffer, byteOffset, length } = blob.byteOffset % 4 === 0 ? blob : Uint8Array.from(blob);
  return new Float32Array(buffer, byteOffset, length / 4);
}

/** A vector as whole numbers times `scale`. */
function rounded<Codes extends Int8Array | Int16Array>(
  vector: ArrayLike<number>,
  most: number,
  Codes: new (length: number) => Codes,
): { codes: Codes; scale: number; length: number; rest: number } {
  const codes = new Codes(vector.length);
  let largest = 0;
  for (let i = 0; i < vector.length; i++) {
    const size = Math.abs(Math.fround(vector[i]!));
    if (size > largest) largest = size;
  }
  const scale = Math.fround(largest / most);
  const inverse = scale === 0 ? 0 : 1 / scale;
  let [squares, rest] = [0, 0];
  for (let i = 0; i < vector.length; i++) {
    const x = Math.fround(vector[i]!);
    const code = Math.max(-most, Math.min(most, Math.round(x * inverse)));
    codes[i] = code;
    squares += x * x;
    const away = x - code * scale;
    rest += away * away;
  }
  return { codes, scale, length: Math.sqrt(squares), rest: Math.sqrt(rest) };
}

/** Keeps the rows that may be among the `limit` with the smallest values, of which only bounds are known. */
class Nearest {
  #rows: { row: number; low: number }[] = [];
  readonly #highs: Smallest;
  #trimAt: number;

  constructor(limit: number) {
    this.#highs = new Smallest(limit);
    this.#trimAt = 4 * limit + 4096;
  }

  /** Rows whose lower bound is above this are not kept. */
  get worst(): number {
    return this.#highs.worst;
  }

  offer(row: number, low: number, high: number): void {
    if (low > this.worst) return;
    this.#rows.push({ row, low });
    this.#highs.add(high);
    if (this.#rows.length < this.#trimAt) return;
    // Most of what was kept early is too far away by now.
    this.#rows = this.rows();
    this.#trimAt = Math.max(this.#trimAt, 2 * this.#rows.length);
  }

  /** Sorted by lower bound. */
  rows(): { row: number; low: number }[] {
    const { worst } = this.#highs;
    return this.#rows
      .filter(({ low }) => low <= worst)
      .sort((a, b) => a.low - b.low || a.row - b.row);
  }
}
