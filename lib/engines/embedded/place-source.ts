import type { PlaceKind } from '../../autocomplete/place.ts';
import {
  type IndexedName,
  type ParentRef,
  plainSource,
  type PlaceSource,
} from '../../autocomplete/record/document.ts';

/** The part of a source that is needed only to show it. */
export type OwnTexts = Pick<PlaceSource, 'names' | 'learned' | 'categories' | 'rank'>;

/** The columns of a source, by the number of its document. */
export interface SourceColumns {
  idOf: (document: number) => string;
  kindOf: (document: number) => PlaceKind;
  importanceOf: (document: number) => number;
  granularityOf: (document: number) => string | undefined;
  countryOf: (document: number) => string | undefined;
  locationOf: (document: number) => { lat: number; lon: number } | undefined;
  ownOf: (document: number) => OwnTexts;
  parentsOf: (document: number) => ParentRef[];
  withinOf: (document: number) => string[];
}

type Optional<K extends keyof PlaceSource> = Exclude<PlaceSource[K], undefined>;

/** A source that is parsed when needed: most places of a search are judged but never shown. */
export class SegmentSource implements PlaceSource {
  readonly id: string;
  readonly #columns: SourceColumns;
  readonly #document: number;

  constructor(columns: SourceColumns, document: number) {
    this.#columns = columns;
    this.#document = document;
    this.id = columns.idOf(document);
  }

  get kind(): PlaceKind {
    return this.#columns.kindOf(this.#document);
  }

  get importance(): number {
    return this.#columns.importanceOf(this.#document);
  }

  get rank(): number {
    return this.#columns.ownOf(this.#document).rank;
  }

  // Undefined if a record states none, since a getter can't be left out.
  get granularity(): Optional<'granularity'> {
    return this.#columns.granularityOf(this.#document)!;
  }

  get country(): Optional<'country'> {
    return this.#columns.countryOf(this.#document)!;
  }

  get location(): Optional<'location'> {
    return this.#columns.locationOf(this.#document)!;
  }

  get learned(): Optional<'learned'> {
    return this.#columns.ownOf(this.#document).learned!;
  }

  get categories(): Optional<'categories'> {
    return this.#columns.ownOf(this.#document).categories!;
  }

  get names(): IndexedName[] {
    return this.#columns.ownOf(this.#document).names;
  }

  get parents(): ParentRef[] {
    return this.#columns.parentsOf(this.#document);
  }

  get within(): string[] {
    return this.#columns.withinOf(this.#document);
  }

  toJSON(): PlaceSource {
    return plainSource(this);
  }
}
