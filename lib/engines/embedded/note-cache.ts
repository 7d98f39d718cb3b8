import type { NoteHit } from '../../notes/searches.ts';

/** Numbers of all notes of a generation and of their words. */
export interface NoteTotals {
  notes: number;
  length: number;
}

/** Most UTF-16 code units of cached hits: those of about 6000 notes of three paragraphs. */
const UNITS_MAX = 8_000_000;

/** What searches have read, by number of the generation; valid as long as nothing is written. */
export class NoteCache {
  #revision = '';
  readonly #totals = new Map<number, NoteTotals>();
  /** Most recently used last. */
  readonly #hits = new Map<string, { hit: NoteHit; units: number }>();
  #units = 0;

  /** The totals of a generation, read if they are not known. */
  totals(revision: string, number: number, read: () => NoteTotals): NoteTotals {
    this.#turnTo(revision);
    let known = this.#totals.get(number);
    if (!known) this.#totals.set(number, (known = read()));
    return known;
  }

  /** The hit of a document, null if it is not known; not to be changed. */
  hit(revision: string, number: number, doc: number): NoteHit | null {
    this.#turnTo(revision);
    const key = `${number} ${doc}`;
    const known = this.#hits.get(key);
    if (!known) return null;
    this.#hits.delete(key);
    this.#hits.set(key, known);
    return known.hit;
  }

  /** @param units - Length of the hit in UTF-16 code units. */
  add(hit: NoteHit, { number, doc, units }: { number: number; doc: number; units: number }): void {
    this.#hits.set(`${number} ${doc}`, { hit, units });
    this.#units += units;
    for (const [key, oldest] of this.#hits) {
      if (this.#units <= UNITS_MAX) break;
      this.#hits.delete(key);
      this.#units -= oldest.units;
    }
  }

  #turnTo(revision: string): void {
    if (revision === this.#revision) return;
    this.#revision = revision;
    this.#totals.clear();
    this.#hits.clear();
    this.#units = 0;
  }
}
