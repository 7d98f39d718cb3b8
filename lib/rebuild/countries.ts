import type { Boundaries } from '../autocomplete/geography/boundaries.ts';
import { isEmpty } from '../autocomplete/record/record-names.ts';
import { locationOf, recordId } from '../autocomplete/record/record.ts';
import type { AreaNote } from '../source/areas.ts';
import type { RecordSource } from '../source/source.ts';

/**
 * A source whose records have the country of the outline around them, where they state none: readings and
 * short names depend on it. Each such country is noted.
 */
export function withCountries(source: RecordSource, boundaries: Boundaries | null): RecordSource {
  if (!boundaries) return source;
  const found = new Map<string, AreaNote>();
  return {
    size: source.size,
    get notes() {
      return [...source.notes, ...found.values()];
    },
    async *lines(onRead) {
      found.clear();
      for await (const each of source.lines(onRead)) {
        const country = each.error ? null : countryAround(each.value, boundaries);
        if (country === null) {
          yield each;
          continue;
        }
        const { file, line } = each;
        const note = found.get(country);
        if (note) note.count += 1;
        else found.set(country, { code: 'COUNTRY_FOUND', detail: country, count: 1, file, line });
        yield { file, line, value: { ...(each.value as object), country } };
      }
    },
  };
}

/** The country of the outline around a record that states none; null where there is none. */
export function countryAround(value: unknown, boundaries: Boundaries): string | null {
  if (recordId(value) === null) return null;
  const { country, kind } = value as { country?: unknown; kind?: unknown };
  const location = isEmpty(country) && kind !== 'country' ? locationOf(value as object) : null;
  if (!location) return null;
  const { country: around, region, city, district } = boundaries.parentsOf(location);
  const area = [around, region, city, district].find((each) => (each?.country ?? null) !== null);
  return area?.country ?? null;
}
