import { MissingDependencyError } from '../../errors.ts';
import type { VectorSpace } from '../../knn/space.ts';
import type { Database } from './sqlite.ts';

/** Databases with sqlite-vec loaded. */
const ready = new WeakSet<Database>();

/** Loads `sqlite-vec` into a connection, if it has a build for this machine. */
export async function loadVectors(database: Database): Promise<void> {
  try {
    const { getLoadablePath } = await import('sqlite-vec');
    database.loadExtension(getLoadablePath());
    database.sql('select vec_version()').row();
    ready.add(database);
  } catch {
    // Places need no vectors; for pictures `needVectors` throws.
  }
}

/** @throws {MissingDependencyError} `VECTORS_MISSING`. */
export function needVectors(database: Database): void {
  if (ready.has(database)) return;
  const hint =
    'Run npm install sqlite-vec; on musl (Alpine) it needs gcompat too. ' +
    'Open a database handle of your own with allowExtension: true.';
  throw new MissingDependencyError('VECTORS_MISSING', 'This SQLite has no vector tables', hint);
}

/** Whether vec0 can search a space; it can't search by inner product. */
export function vectorsSearched({ spaceType }: VectorSpace): boolean {
  return spaceType !== 'innerproduct';
}

/**
 * The distance function of sqlite-vec for a space.
 *
 * Float vectors of `cosinesimil` have unit length, for which l2 gives the same order in a third of
 * the time.
 */
export function metricOf({ spaceType, dataType }: VectorSpace): 'l2' | 'cosine' | 'hamming' {
  if (dataType === 'binary') return 'hamming';
  return spaceType === 'cosinesimil' && dataType === 'byte' ? 'cosine' : 'l2';
}

/** The statement that makes a table of vectors. */
export function vectorTable(name: string, space: VectorSpace): string {
  if (!vectorsSearched(space)) {
    return `create table ${name}(view integer primary key, v blob not null)`;
  }
  const { dimension, dataType } = space;
  const column =
    dataType === 'binary'
      ? `bit[${dimension}]`
      : `float[${dimension}] distance_metric=${metricOf(space)}`;
  return `create virtual table ${name} using vec0(view integer primary key, v ${column})`;
}

/** A vector as a parameter for `vectorSql`. */
export function toBlob({ dataType }: VectorSpace, vector: readonly number[]): Uint8Array {
  if (dataType === 'binary') return Uint8Array.from(vector, (byte) => byte & 0xff);
  return new Uint8Array(Float32Array.from(vector).buffer);
}

/** The SQL of a parameter made by `toBlob`. */
export function vectorSql({ dataType }: VectorSpace): string {
  return dataType === 'binary' ? 'vec_bit(?)' : '?';
}

/** The vector in a column. */
export function fromBlob({ dataType }: VectorSpace, blob: Uint8Array): number[] {
  const bytes = Uint8Array.from(blob).buffer;
  return Array.from(dataType === 'binary' ? new Int8Array(bytes) : new Float32Array(bytes));
}
