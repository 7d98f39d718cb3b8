import type { PlaceRecord } from '../autocomplete/place.ts';
import { type ContainerRow, containerRow } from '../autocomplete/reading/containers.ts';
import { type DocumentContext, indexedNames } from '../autocomplete/record/document.ts';
import { RecordError } from '../errors.ts';
import type { Geography } from './geography.ts';
import { traceLineage } from './lineage.ts';

/** Every place that may contain others, for the table that typed texts are read by. */
export function containersIn({
  known,
  geography,
  dictionaries,
}: {
  known: ReadonlyMap<string, PlaceRecord>;
  geography: Geography;
  dictionaries: { context: DocumentContext };
}): ContainerRow[] {
  const { parentsOf } = traceLineage(known, geography);
  const rows = new Map<string, ContainerRow>();
  const add = (record: PlaceRecord): void => {
    if (rows.has(record.id)) return;
    const parents = lineageOf(record);
    const { id, kind } = record;
    const country = record.country ?? parents.find((p) => p.country !== undefined)?.country;
    const names = indexedNames(record, dictionaries.context);
    const source = { id, kind, names, parents: parents.map((p) => ({ ...p, names: {} })) };
    rows.set(id, containerRow(country === undefined ? source : { ...source, country }));
    // Outlines may have areas that no record has.
    for (const parent of parents) if (!known.has(parent.id)) add(parent);
  };
  const lineageOf = (record: PlaceRecord): PlaceRecord[] => {
    try {
      return parentsOf(record, { counted: false });
    } catch (error) {
      // A dead letter reports it already.
      if (error instanceof RecordError) return [];
      throw error;
    }
  };
  for (const record of known.values()) add(record);
  return [...rows.values()];
}
