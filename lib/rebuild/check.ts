import { checkOptions, OPTION_INVALID, SIGNAL, type Spec } from '../options.ts';
import { fold } from '../analyzers/fold.ts';
import type { Boundaries } from '../autocomplete/geography/boundaries.ts';
import { isOutsideCountry } from '../autocomplete/geography/country-boxes.ts';
import type { PlaceRecord } from '../autocomplete/place.ts';
import { localLanguages } from '../autocomplete/record/scripts.ts';
import { type ParentIssue, resolveParents } from '../autocomplete/geography/parents.ts';
import { type DeadLetter, collectDeadLetters, deadLetterOf } from '../source/dead-letters.ts';
import { duplicateOf, FirstSeen, recordLines } from '../source/record-lines.ts';
import { openSource, type PlaceRecordSource } from '../source/source.ts';
import { TextNumbers } from '../text-numbers.ts';
import { withCountries } from './countries.ts';
import { GEOGRAPHY_SPEC, type GeographySource, loadGeography } from './geography.ts';
import { meterStage } from './progress.ts';
import { countWarnings, type RecordWarningCount } from './record-warnings.ts';
import { keepRecords, readRecords } from './scan.ts';

/** Inputs of a check beside the records, and its callback. */
export interface CheckSource extends GeographySource {
  /** Called for every finding, and waited for; default: findings are only counted. */
  onFinding?: (finding: CheckFinding) => unknown;
  signal?: AbortSignal;
}

/** Options of `PlaceIndex.check`. */
export const CHECK_SPEC: Spec<CheckSource> = {
  code: OPTION_INVALID,
  options: {
    ...GEOGRAPHY_SPEC.options,
    onFinding: { type: 'function', otherwise: 'only counted', help: 'called for every finding' },
    signal: SIGNAL,
  },
};

/** A finding about one place that a person should look at. */
export interface CheckFinding {
  id: string;
  name: string;
  /**
   * Beside the issues of parents: `LOCATION_ZERO` for 0,0, which empty coordinates often become;
   * `LOCATION_OUTSIDE` for coordinates outside the stated country; `NAME_TWICE` for a record with
   * the name, kind and parent of an earlier one; `NAME_DIFFERS` if `name` is not what `names` has
   * in the language of the country.
   */
  issue:
    | ParentIssue['code']
    | 'CORRECTION_UNUSED'
    | 'LOCATION_ZERO'
    | 'LOCATION_OUTSIDE'
    | 'NAME_TWICE'
    | 'NAME_DIFFERS';
  detail: string;
  /** Position of the place in degrees, if it has one. */
  location?: { lat: number; lon: number };
  /** Ids of the chosen parents, nearest first. */
  parents: string[];
}

/** Counts of a check. */
export interface CheckReport {
  /** Number of good records, the first of each id. */
  places: number;
  /**
   * Records (also those with the id of an earlier one), outlines and corrections that can't be
   * used.
   */
  bad: readonly DeadLetter[];
  badCount: number;
  /** Number of findings by issue. */
  findings: Record<CheckFinding['issue'], number>;
  /**
   * Details of records that were corrected or left out, counted by cause, such as unknown fields.
   */
  warnings: readonly RecordWarningCount[];
}

/**
 * Checks the parents of a source without building an index. It finds orphans, cycles, unknown
 * parents, places that two areas of one level contain, records that outlines contradict, and
 * corrections of unknown places. Memory grows by less than 100 bytes a record, for ids and names.
 *
 * @throws {OptionError} As `openSource` does.
 */
export async function checkPlaces(
  source: PlaceRecordSource,
  options: CheckSource = {},
): Promise<CheckReport> {
  checkOptions(CHECK_SPEC, options);
  const letters = collectDeadLetters(null);
  const geography = await loadGeography(options, letters);
  const opened = withCountries(await openSource(source), geography.boundaries);
  const meter = meterStage('scan', null);
  const { signal } = options;
  const wanted = new Set(geography.placeIds);
  const unused = new Map(geography.corrections);
  for await (const { record } of readRecords(opened, { signal })) {
    if (record.parent !== undefined) wanted.add(record.parent);
  }
  const known = await keepRecords(opened, wanted, { meter, failed: 0, signal });
  const report: CheckReport = {
    places: 0,
    bad: letters.first,
    badCount: 0,
    findings: {
      PARENT_NOT_FOUND: 0,
      PARENT_CYCLE: 0,
      PARENT_MISMATCH: 0,
      PARENT_RIVALS: 0,
      PARENT_NEAREST: 0,
      PARENT_NONE: 0,
      CORRECTION_UNUSED: 0,
      LOCATION_ZERO: 0,
      LOCATION_OUTSIDE: 0,
      NAME_TWICE: 0,
      NAME_DIFFERS: 0,
    },
    warnings: [],
  };
  const found = async (finding: CheckFinding): Promise<void> => {
    report.findings[finding.issue] += 1;
    await options.onFinding?.(finding);
  };
  const { boundaries, corrections } = geography;
  const sources = { lookup: (id: string) => known.get(id), boundaries, corrections };
  const warnings = countWarnings();
  const records = readRecords(opened, {
    signal,
    warnings,
    onBad: (letter) => {
      letters.add(letter);
    },
  });
  const lines = recordLines();
  const ids = new FirstSeen();
  const names = new FirstNames();
  let ordinal = 0;
  for await (const { record, file, line } of records) {
    ordinal += 1;
    lines.add(ordinal, { file, line });
    const earlier = ids.seen(record.id, ordinal);
    if (earlier !== ordinal) {
      letters.add(deadLetterOf(duplicateOf(record.id, lines.at(earlier)), { file, line }, record));
      continue;
    }
    report.places += 1;
    unused.delete(record.id);
    const { parents, issues } = resolveParents(record, sources);
    const parentIds = parents.map((parent) => parent.id);
    const { id, name, location } = record;
    const first = names.seen(record, parentIds[0], report.places);
    const own = ownIssues(record, first < report.places ? ids.textOf(first - 1) : null);
    for (const { code, detail } of [...issues, ...locationIssues(record, boundaries), ...own]) {
      await found({
        id,
        name,
        issue: code,
        detail,
        parents: parentIds,
        ...(location ? { location } : {}),
      });
    }
  }
  for (const { id, parent, who } of unused.values()) {
    const detail = `by ${who}, parent ${parent ?? 'none'}`;
    await found({ id, name: '', issue: 'CORRECTION_UNUSED', detail, parents: [] });
  }
  report.badCount = letters.count;
  report.warnings = warnings.counts(opened);
  letters.close();
  return report;
}

interface OwnIssue {
  code: 'LOCATION_ZERO' | 'LOCATION_OUTSIDE' | 'NAME_TWICE' | 'NAME_DIFFERS';
  detail: string;
}

/** Contradictions to a position, by outlines or else by the bounding box of the country. */
function locationIssues(
  { country, location }: PlaceRecord,
  boundaries: Boundaries | null,
): OwnIssue[] {
  if (!location) return [];
  const { lat, lon } = location;
  if (lat === 0 && lon === 0) return [{ code: 'LOCATION_ZERO', detail: '' }];
  if (country === undefined) return [];
  const around = boundaries?.parentsOf({ lat, lon, country }).country?.country ?? null;
  const isOutside = around === null ? isOutsideCountry(country, location) : around !== country;
  if (!isOutside) return [];
  const swapped = Math.abs(lon) <= 90 && !isOutsideCountry(country, { lat: lon, lon: lat });
  const detail = `${lat},${lon} is ${around === null ? 'not' : `in ${around}, not`} in ${country}${swapped ? '; lat and lon may be swapped' : ''}`;
  return [{ code: 'LOCATION_OUTSIDE', detail }];
}

/** Finds the first place with a name, a kind and a parent. */
class FirstNames {
  readonly #names = new FirstSeen();
  readonly #areas = new TextNumbers();

  /** @returns The number of the first such place; `number` if it is this one. */
  seen({ name, kind, country }: PlaceRecord, parent: string | undefined, number: number): number {
    const area = this.#areas.numberOf(JSON.stringify([kind, parent ?? country ?? null]));
    return this.#names.seen(`${fold(name)} ${area}`, number);
  }
}

/** @param namesake - Id of an earlier place with the same name, kind and parent. */
function ownIssues({ name, names, country }: PlaceRecord, namesake: string | null): OwnIssue[] {
  const issues: OwnIssue[] = [];
  if (namesake !== null) issues.push({ code: 'NAME_TWICE', detail: namesake });
  // A name in another script, such as Singapore beside 新加坡, contradicts nothing.
  const language = countryLanguage(name, country);
  const local = names.find(
    (each) =>
      each.kind === 'official' &&
      !each.made &&
      each.text !== name &&
      each.language !== undefined &&
      each.language === language &&
      each.language === countryLanguage(each.text, country),
  );
  if (local) issues.push({ code: 'NAME_DIFFERS', detail: `${local.language} ${local.text}` });
  return issues;
}

/** The language of a country's names, if the text is in its script. */
function countryLanguage(text: string, country: string | undefined): string | undefined {
  return localLanguages(text, country)
    .filter((language) => language !== 'zh')
    .at(-1);
}
