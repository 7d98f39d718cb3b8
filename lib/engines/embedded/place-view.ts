import type { PlaceSource } from '../../autocomplete/record/document.ts';
import type { JudgedPlace } from '../../autocomplete/suggest/judged-place.ts';
import type { KeySearch, PlaceFilter, PlaceHit } from '../../autocomplete/searches.ts';
import { PlaceSegment, type SegmentData } from './place-segment.ts';
import { buildSegment, type SegmentRow } from './place-segment-build.ts';

/** Places of a generation in memory: those of its file, and what was written since. */
export class PlaceView {
  readonly #file: PlaceSegment;
  /** Documents written since, by rank. */
  readonly #written = new Map<number, SegmentRow>();
  /** The same as a searchable segment, numbered after the documents of the file. */
  #since: PlaceSegment | null = null;

  constructor(data: SegmentData) {
    this.#file = new PlaceSegment(data);
  }

  /** Number of documents written since the file was made. */
  get written(): number {
    return this.#written.size;
  }

  /** Applies changes: by rank, the present document or null. */
  change(changes: ReadonlyMap<number, SegmentRow | null>): void {
    for (const [rank, row] of changes) {
      this.#file.remove(rank);
      if (row) this.#written.set(rank, row);
      else this.#written.delete(rank);
    }
    const rows = [...this.#written.values()].sort((a, b) => a.rank - b.rank);
    this.#since = rows.length === 0 ? null : new PlaceSegment(buildSegment(rows));
  }

  /** Each place once, in order of search, then in the order of `KeySearch`. */
  find(searches: readonly KeySearch[], filter: PlaceFilter): PlaceHit[] {
    const found = new Map<number, number>();
    for (const [i, search] of searches.entries()) {
      const documents =
        search.match === 'beginning' ? this.#begun(search, filter) : this.#find(search, filter);
      for (const document of documents) if (!found.has(document)) found.set(document, i);
    }
    const { size } = this.#file;
    return Array.from(found, ([number, search]): PlaceHit => {
      const [segment, document] =
        number < size ? [this.#file, number] : [this.#since!, number - size];
      return new SegmentHit(segment, document, search);
    });
  }

  /** Documents of keys that are prefixes of the value, the longest key first. */
  #begun(search: KeySearch, filter: PlaceFilter): number[] {
    const found = new Set<number>();
    for (const length of search.lengths ?? []) {
      if (found.size >= search.limit) break;
      const value = search.value.slice(0, length);
      const whole: KeySearch = { ...search, value, match: 'whole' };
      for (const document of this.#find(whole, filter)) found.add(document);
    }
    return [...found].slice(0, search.limit);
  }

  #find(search: KeySearch, filter: PlaceFilter): number[] {
    const found = this.#file.find(search, filter);
    if (!this.#since) return found;
    const since = this.#since.find(search, filter);
    if (since.length === 0) return found;
    const { size } = this.#file;
    const rankOf = (document: number): number =>
      document < size ? this.#file.rankOf(document) : this.#since!.rankOf(document - size);
    return [...found, ...since.map((document) => size + document)]
      .sort((a, b) => rankOf(a) - rankOf(b))
      .slice(0, search.limit);
  }
}

/** A hit whose source is parsed only as far as needed. */
class SegmentHit implements PlaceHit {
  readonly id: string;
  readonly source: PlaceSource;
  readonly search: number;
  readonly #segment: PlaceSegment;
  readonly #document: number;

  constructor(segment: PlaceSegment, document: number, search: number) {
    this.source = segment.sourceOf(document);
    this.id = this.source.id;
    this.search = search;
    this.#segment = segment;
    this.#document = document;
  }

  get place(): JudgedPlace {
    return this.#segment.placeOf(this.#document);
  }
}
