import type { IndexDocument, Searches } from '../engine.ts';
import type { Feature } from '../feature.ts';
import type { CatalogueEntry } from './catalogue.ts';
import type { Database } from './sqlite.ts';

/** A feature in this engine: everything that is special about its documents. */
export interface EmbeddedFeature<
  D extends IndexDocument = IndexDocument,
  S extends Partial<Searches> = Partial<Searches>,
> extends Feature<D> {
  readonly tables: DocumentTables<D>;
  readonly searches: S;
  /** Makes the files of a generation that are needed before it is complete. */
  complete?: (entry: CatalogueEntry) => Promise<void>;
  /** Makes the files of a complete generation, without which searches are slower. */
  finished?: (generation: string) => Promise<void>;
  /** Removes the files of all generations except these. */
  keepOnly?: (generations: ReadonlySet<string>) => void;
  /** Finds faults of the tables of a generation; reads every row. */
  tableFaults(database: Database, entry: Pick<CatalogueEntry, 'number' | 'state'>): TableFault[];
  /** Adds checksums to documents that have none. */
  sealDocuments(database: Database, number: number): void;
  /** Checks the files of a generation. */
  checkFiles?: (entry: CatalogueEntry) => Promise<void>;
  /** Names of files known to be damaged. */
  faults?: () => string[];
  close?: () => Promise<void>;
}

/** A generation to write to. */
export interface WriteTarget {
  number: number;
  /** Whether its search tables exist, so that writes have to update them. */
  built: boolean;
}

/**
 * How documents of a feature are stored, in tables named by the number of their generation.
 *
 * Every feature has a table `doc` with the columns `doc`, `id` and `version`. While a generation
 * is being filled only the documents are written; `buildSteps` then makes the search tables in
 * sorted order.
 */
export interface DocumentTables<D extends IndexDocument = IndexDocument> {
  create(database: Database, number: number, indexBody: Record<string, unknown>): void;
  drop(database: Database, number: number): void;
  /** Inserts a document whose id is not in the table. */
  writer(database: Database, target: WriteTarget): DocumentWriter<D>;
  /** Documents whose ids come after `after`, in order of id. */
  page(database: Database, number: number, after: string, limit: number): D[];
  get(database: Database, number: number, id: string): D | null;
  /**
   * The steps that make the search tables of a generation. Run each in its own transaction, with a
   * turn for others in between. Started again from the first, they undo what an earlier attempt
   * left.
   */
  buildSteps(number: number): ((database: Database) => void)[];
}

/** A fault of the tables of a generation. */
export interface TableFault {
  /**
   * `search`: a derived table, which can be made again. `unsealed`: documents without a checksum.
   */
  of: 'document' | 'search' | 'unsealed';
  detail: string;
}

/** Writes the documents of one batch. */
export interface DocumentWriter<D extends IndexDocument = IndexDocument> {
  /**
   * @param madeOf - Stored with it, for `copy`.
   * @returns A function that inserts the document, or why this generation refuses it.
   */
  prepare(document: D, madeOf?: string): ((version: number) => void) | { reason: string };
  /**
   * A function that inserts the document of another generation; null if that has none which was stored with this
   * `madeOf`, or a damaged one. Absent where documents are never made again.
   */
  copy?(from: number, id: string, madeOf: string): ((version: number) => void) | null;
  /** Removes the document with a number. */
  remove(doc: number): void;
}
