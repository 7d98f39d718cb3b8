import { type ParentOrigin, resolveParents } from '../autocomplete/geography/parents.ts';
import type { PlaceRecord } from '../autocomplete/place.ts';
import { RecordError, quoteValue } from '../errors.ts';
import type { Geography } from './geography.ts';

/**
 * Number of places by where their parent came from. A country needs no parent and is not counted
 * as `none`. `mismatched`: the stated city is not the one that outlines give.
 */
export type LineageCounts = Record<ParentOrigin | 'mismatched' | 'nearest', number>;

/**
 * The containing places of a record, nearest first.
 *
 * @throws {RecordError} `UNKNOWN_PARENT`, `PARENT_CYCLE` if no other way finds its parents.
 */
export type Lineage = (record: PlaceRecord, options?: { counted: boolean }) => PlaceRecord[];

/**
 * A lineage over the places that may be parents. Every call adds to `counts`, unless `counted` is
 * false.
 */
export function traceLineage(
  known: ReadonlyMap<string, PlaceRecord>,
  { boundaries, corrections }: Pick<Geography, 'boundaries' | 'corrections'>,
): { parentsOf: Lineage; counts: LineageCounts } {
  const counts: LineageCounts = {
    correction: 0,
    boundary: 0,
    geometry: 0,
    stated: 0,
    none: 0,
    mismatched: 0,
    nearest: 0,
  };
  const sources = { lookup: (id: string) => known.get(id), boundaries, corrections };
  const parentsOf: Lineage = (record, { counted } = { counted: true }) => {
    const { parents, from, issues } = resolveParents(record, sources);
    const broken = issues.find(
      ({ code }) => code === 'PARENT_NOT_FOUND' || code === 'PARENT_CYCLE',
    );
    // A broken statement does no harm if parents were found another way.
    if (broken && from !== 'geometry' && from !== 'boundary') {
      const cycle = broken.code === 'PARENT_CYCLE';
      const what = `parent of ${quoteValue(record.id)} ${quoteValue(broken.detail)} ${
        cycle ? 'leads back to itself' : 'is in no record and no outline'
      }`;
      const hint = 'Add that place, name another parent, or correct it.';
      const code = cycle ? 'PARENT_CYCLE' : 'UNKNOWN_PARENT';
      throw new RecordError(code, what, hint, { field: 'parent', value: broken.detail });
    }
    if (!counted) return parents;
    if (from !== 'none' || record.kind !== 'country') counts[from] += 1;
    if (issues.some(({ code }) => code === 'PARENT_MISMATCH')) counts.mismatched += 1;
    if (issues.some(({ code }) => code === 'PARENT_NEAREST')) counts.nearest += 1;
    return parents;
  };
  return { parentsOf, counts };
}
