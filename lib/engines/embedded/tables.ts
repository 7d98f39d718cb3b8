import type { IndexDocument } from '../engine.ts';
import type { Database } from './sqlite.ts';

/** What the documents of a generation are about. */
export type Feature = 'places' | 'images';

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
export interface DocumentTables {
  create(database: Database, number: number, body: Record<string, unknown>): void;
  drop(database: Database, number: number): void;
  /** Puts a document in that is not there; `version` is in the table already when it is searched. */
  writer(database: Database, target: WriteTarget): DocumentWriter;
  /** Documents whose ids come after `after`, in order of id. */
  page(database: Database, number: number, after: string, limit: number): IndexDocument[];
  get(database: Database, number: number, id: string): IndexDocument | null;
  /**
   * The steps that make what a generation is searched by. Each wants a transaction of its own, with a
   * turn for others in between; begun again from the first, they undo what an earlier attempt left.
   */
  buildSteps(number: number): ((database: Database) => void)[];
}

/** Writes the documents of one batch. */
export interface DocumentWriter {
  /** @returns What puts the document in, or why it is refused. */
  prepare(document: IndexDocument): ((version: number) => void) | { reason: string };
  /** Takes out the document of a number. */
  remove(doc: number): void;
}
