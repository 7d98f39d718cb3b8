import { fold } from '../../analyzers/fold.ts';
import { cldrCountryNames, type CountryNames } from '../geography/countries.ts';
import { type ObjectOption, OPTION_INVALID, type Spec } from '../../options.ts';
import type { ParentRef, PlaceSource } from '../record/document.ts';
import { shortNameOf } from '../record/short-name.ts';
import type { ReaderLanguage } from '../suggest/reader.ts';
import { fitsReader, nameLanguages, UNSTATED } from './names.ts';

/** How the parts of a label are joined. */
export interface LabelStyle {
  separator: string;
  /** `narrow-first`: 板橋, 新北市, 台灣; `wide-first`: 台灣, 新北市, 板橋. */
  order: 'narrow-first' | 'wide-first';
}

const STYLE_SPEC: Spec<LabelStyle> = {
  code: OPTION_INVALID,
  options: {
    separator: { type: 'text', help: 'between the parts' },
    order: { type: 'text', choices: ['narrow-first', 'wide-first'], help: 'of the parts' },
  },
};

/** What `labelStyles` has to be. */
export const LABEL_STYLES_OPTION: ObjectOption = {
  type: 'object',
  each: { type: 'object', spec: STYLE_SPEC, help: '' },
  otherwise: '`LABEL_STYLES`',
  help: 'how the parts of a label are joined, by language',
};

/**
 * Label styles by reader's language; `default` is for all others. Applications may pass their own.
 */
export const LABEL_STYLES: Readonly<Record<string, LabelStyle>> = Object.freeze({
  default: Object.freeze({ separator: ', ', order: 'narrow-first' }),
});

/** How many containers a label names, fewest first. */
const DETAILS = ['short', 'official', 'full'] as const;
export type LabelDetail = (typeof DETAILS)[number];

export interface LabelOptions {
  language: ReaderLanguage;
  /** If a parent was typed in one of its listed spellings (台北), the label shows that spelling; `within` are folded. */
  typed: { text: string; within?: readonly string[] };
  detail: LabelDetail;
  /** Default: CLDR. */
  countryNames?: CountryNames;
  /** Default: `LABEL_STYLES`. */
  labelStyles?: Readonly<Record<string, LabelStyle>>;
}

/** Labels every row. Rows with equal labels get more detail; some may remain equal nevertheless. */
export function labelApart<Row extends { label: string }>(
  rows: readonly Row[],
  labelOf: (row: Row, detail: LabelDetail) => string,
): void {
  let equal = rows;
  for (const detail of DETAILS) {
    for (const row of equal) row.label = labelOf(row, detail);
    const count = new Map<string, number>();
    for (const { label } of rows) count.set(label, (count.get(label) ?? 0) + 1);
    equal = rows.filter(({ label }) => count.get(label)! > 1);
  }
}

/**
 * Makes the label of a suggestion: name, parent city (else region), country.
 *
 * A part that repeats the one before it is omitted, even if they differ in the administrative
 * suffix (大阪, 大阪府, 日本 becomes 大阪, 日本). With detail `official`, only exact repeats are
 * omitted; `full` names every container.
 *
 * @param name - The name to show, short or official.
 */
export function placeLabel(source: PlaceSource, name: string, options: LabelOptions): string {
  const { language, typed, detail } = options;
  const { countryNames = cldrCountryNames, labelStyles = LABEL_STYLES } = options;
  const parents = detail === 'full' ? withoutCountry(source) : shownParent(source);
  const parts = [name, ...parents.map((parent) => parentName(parent, language, typed))];
  const country = source.country && countryNames.nameOf(source.country, language);
  if (country) parts.push(country);
  const kept = parts.filter((part, i) => i === 0 || !repeats(parts[i - 1]!, part, detail));
  const style = labelStyles[language] ?? labelStyles['default'] ?? LABEL_STYLES['default']!;
  if (style.order === 'wide-first') kept.reverse();
  return kept.join(style.separator);
}

function withoutCountry(source: PlaceSource): ParentRef[] {
  return source.parents.filter((p) => p.kind !== 'country');
}

/**
 * The parent city, else the region. The wards of Tokyo are cities in law only; people say Tokyo.
 */
function shownParent(source: PlaceSource): ParentRef[] {
  const parents = withoutCountry(source);
  const region = parents.find((p) => p.kind === 'region');
  const city = parents.find((p) => p.kind === 'city');
  if (city && !(region && isWard(city))) return [city];
  const shown = region ?? (source.kind === 'region' ? undefined : parents[0]);
  return shown ? [shown] : [];
}

function isWard(place: ParentRef): boolean {
  return /[区區]$/u.test(place.names['local'] ?? '');
}

function parentName(
  parent: ParentRef,
  language: ReaderLanguage,
  typed: LabelOptions['typed'],
): string {
  const wanted = nameLanguages(language).find((tag) =>
    tag === UNSTATED ? fitsUnstated(parent, language) : parent.names[tag] !== undefined,
  );
  const official = parent.names[wanted ?? 'local'] ?? parent.id;
  const asTyped = parent.variants?.find(
    (variant) => typed.text.includes(variant) && typed.within?.includes(fold(variant)),
  );
  return asTyped === undefined || official.includes(asTyped) ? official : asTyped;
}

/** Whether the local name is in the reader's script and its language is not stated. */
function fitsUnstated({ names }: ParentRef, language: ReaderLanguage): boolean {
  const text = names['local'];
  const stated = Object.entries(names).some(([tag, name]) => tag !== 'local' && name === text);
  return text !== undefined && !stated && fitsReader({ text }, language);
}

function repeats(narrow: string, wide: string, detail: LabelDetail): boolean {
  const a = fold(narrow);
  const b = fold(wide);
  if (a === b) return true;
  if (detail !== 'short') return false;
  const stem = (text: string): string => fold(shortNameOf(text, 'city') ?? text);
  return stem(narrow) === stem(wide);
}
