import { WRITE_SPEC, type WriteOptions } from '../alias/versions.ts';
import type { Boundaries } from '../autocomplete/geography/boundaries.ts';
import { PARENTS_SPEC } from '../autocomplete/geography/parents.ts';
import type { PlaceRecord } from '../autocomplete/place.ts';
import type { Spec } from '../options.ts';
import { traceLineage } from './lineage.ts';

/** Options of `PlaceIndex.put`. */
export interface PutOptions extends WriteOptions {
  /**
   * What `readBoundaries` returns: places get their country and parents by it as in a rebuild with these outlines.
   * Default none: they have what they state.
   */
  boundaries?: Boundaries | null;
}

/** Options of `PlaceIndex.put`. */
export const PUT_SPEC: Spec<PutOptions> = {
  code: WRITE_SPEC.code,
  options: {
    ...WRITE_SPEC.options,
    boundaries: { ...PARENTS_SPEC.options.boundaries, code: PARENTS_SPEC.code },
  },
};

/**
 * The containers of a record as a rebuild finds them, nearest first.
 *
 * @param lookUp - The place of an id, if there is one.
 * @throws {RecordError} `UNKNOWN_PARENT`, `PARENT_CYCLE`.
 */
export async function parentsByOutlines(
  record: PlaceRecord,
  boundaries: Boundaries,
  lookUp: (id: string) => Promise<PlaceRecord | null>,
): Promise<PlaceRecord[]> {
  const { id, parent, location, country } = record;
  const around = location ? boundaries.parentsOf({ ...location, country }) : null;
  const areas = around ? [around.district, around.city, around.region, around.country] : [];
  const wanted = [parent, boundaries.get(id)?.parent, ...areas.map((area) => area?.id)];
  const known = new Map<string, PlaceRecord>();
  const asked = new Set<string>();
  for (const next of wanted) {
    if (next === undefined || next === null || asked.has(next)) continue;
    asked.add(next);
    const place = await lookUp(next);
    if (place) known.set(next, place);
    wanted.push(place ? place.parent : boundaries.get(next)?.parent);
  }
  return traceLineage(known, { boundaries, corrections: new Map() }).parentsOf(record);
}
