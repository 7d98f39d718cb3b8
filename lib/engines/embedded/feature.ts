import type { IndexDocument, Searches } from '../engine.ts';
import type { Feature } from '../feature.ts';
import type { CatalogueEntry } from './catalogue.ts';
import type { Database } from './sqlite.ts';

/** A feature as this engine keeps it: one value has all that is special about its documents. */
export interface EmbeddedFeature<
  D extends IndexDocument = IndexDocument,
  S extends Partial<Searches> = Partial<Searches>,
> extends Feature<D> {
  readonly tables: DocumentTables<D>;
  readonly searches: S;
  /** Makes what a generation has beside its tables, before it counts as complete. */
  complete?: (entry: CatalogueEntry) => Promise<void>;
  /** Makes what a generation has beside its tables once it is complete; without it searches are slower. */
  finished?: (generation: string) => Promise<void>;
  /** Removes what generations have beside their tables, but for those that are still there. */
  keepOnly?: (generations: ReadonlySet<string>) => void;
  /** What is wrong with the tables of a generation: every row is read. */
  tableFaults(database: Database, entry: Pick<CatalogueEntry, 'number' | 'state'>): TableFault[];
  /** Notes the checksums of documents that have none. */
  sealDocuments(database: Database, number: number): void;
  /** Checks what a generation has beside its tables. */
  checkFiles?: (entry: CatalogueEntry) => Promise<void>;
  /** Names of files beside the tables that are damaged, as far as they were checked. */
  faults?: () => string[];
  close?: () => Promise<void>;
}

/** A generation as writing needs it. */
export interface WriteTarget {
  number: number;
  /** It is searched already, so what searches need changes with the documents. */
  built: boolean;
}

/**
 * How documents of a feature are kept, in tables named by the number of their generation.
 *
 * Each has a table `doc` with the columns `doc`, `id` and `version`. While a generation is being
 * built only what documents consist of is written; `buildSteps` makes the rest, sorted.
 */
export interface DocumentTables<D extends IndexDocument = IndexDocument> {
  create(database: Database, number: number, indexBody: Record<string, unknown>): void;
  drop(database: Database, number: number): void;
  /** Puts a document in that is not there; `version` is in the table already when it is searched. */
  writer(database: Database, target: WriteTarget): DocumentWriter<D>;
  /** Documents whose ids come after `after`, in order of id. */
  page(database: Database, number: number, after: string, limit: number): D[];
  get(database: Database, number: number, id: string): D | null;
  /**
   * The steps that make what a generation is searched by. Each wants a transaction of its own, with a
   * turn for others in between; begun again from the first, they undo what an earlier attempt left.
   */
  buildSteps(number: number): ((database: Database) => void)[];
}

/** One thing that is wrong with the tables of a generation. */
export interface TableFault {
  /** `search`: what follows from the documents and can be made again. `unsealed`: they have no checksum. */
  of: 'document' | 'search' | 'unsealed';
  detail: string;
}

/** Writes the documents of one batch. */
export interface DocumentWriter<D extends IndexDocument = IndexDocument> {
  /** @returns What puts the document in, or why this generation refuses one that engines do take. */
  prepare(document: D): ((version: number) => void) | { reason: string };
  /** Takes out the document of a number. */
  remove(doc: number): void;
}
