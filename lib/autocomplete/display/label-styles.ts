import { type CustomOption, checkOptions, OPTION_INVALID, type Spec } from '../../options.ts';
import { withoutRegion } from '../record/name-language.ts';
import type { ReaderLanguage } from '../suggest/reader.ts';

/** How the parts of a label are joined, and which there are. */
export interface LabelStyle {
  /** Between two parts. If it is empty, a space still separates letters of Latin script. */
  separator: string;
  /** `narrow-first`: 板橋, 新北市, 台灣; `wide-first`: 台灣, 新北市, 板橋. */
  order: 'narrow-first' | 'wide-first';
  /** `short`: the name that was meant and its city; `official`: official names of all containers. Default `short`. */
  names?: 'short' | 'official';
  /** Whether the country is a part: `abroad` leaves it out at the reader's home. Default `always`. */
  country?: 'always' | 'abroad' | 'never';
}

const STYLE_SPEC: Spec<LabelStyle> = {
  code: OPTION_INVALID,
  options: {
    separator: { type: 'text', help: 'between the parts' },
    order: { type: 'text', choices: ['narrow-first', 'wide-first'], help: 'of the parts' },
    names: { type: 'text', choices: ['short', 'official'], help: 'of the parts' },
    country: { type: 'text', choices: ['always', 'abroad', 'never'], help: 'as a part' },
  },
};

/** Styles by the reader's language; `default` is for all others. */
export type LabelStyles = Readonly<Record<string, LabelStyle>>;
/** Names of the styles that are there. */
export type LabelPreset = 'commas' | 'address';

const style = (separator: string, order: LabelStyle['order'], more = {}): LabelStyle =>
  Object.freeze({ separator, order, ...more });
const ADDRESS = { names: 'official', country: 'abroad' } as const;

/**
 * Label styles by name:
 *
 * - `commas` (the default): 板橋, 新北市, 台灣
 * - `address`: 新北市板橋區, 東京都板橋区, 서울특별시 강남구; from the widest to the narrowest, the country only abroad. In other
 *   languages, from the narrowest: Banqiao District, New Taipei City, Taiwan
 */
export const LABEL_PRESETS: Readonly<Record<LabelPreset, LabelStyles>> = Object.freeze({
  commas: Object.freeze({ default: style(', ', 'narrow-first') }),
  address: Object.freeze({
    zh: style('', 'wide-first', ADDRESS),
    ja: style('', 'wide-first', ADDRESS),
    ko: style(' ', 'wide-first', ADDRESS),
    default: style(', ', 'narrow-first', { names: 'official' }),
  }),
});

/** Label styles by reader's language, where an application passes none. */
export const LABEL_STYLES: LabelStyles = LABEL_PRESETS.commas;

/** What `labelStyles` has to be. */
export const LABEL_STYLES_OPTION: CustomOption & { default?: undefined } = {
  type: 'custom',
  wanted: 'commas, address, or an object of styles by language, each { separator, order }',
  fits: isStyles,
  otherwise: '`commas`',
  help: 'how the parts of a label are joined: a preset, or styles by language',
};

function isStyles(value: unknown): boolean {
  if (typeof value === 'string') return Object.hasOwn(LABEL_PRESETS, value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  for (const each of Object.values(value)) {
    const isStyle = typeof each === 'object' && each !== null;
    if (!isStyle || !('separator' in each) || !('order' in each)) return false;
    checkOptions<LabelStyle, never>(STYLE_SPEC, each as LabelStyle);
  }
  return true;
}

/** The style for a reader: of the language with its region, without, of the language alone, else the default one. */
export function styleFor(
  language: ReaderLanguage,
  styles: LabelStyles | LabelPreset = LABEL_STYLES,
): LabelStyle {
  const given = typeof styles === 'string' ? LABEL_PRESETS[styles] : styles;
  const [first = language] = language.split('-');
  const tag = [language, withoutRegion(language), first, 'default'].find((each) =>
    Object.hasOwn(given, each),
  );
  return tag === undefined ? LABEL_STYLES['default']! : given[tag]!;
}

/** Whether labels have the official name of a place, whatever was typed. */
export function isOfficial(language: ReaderLanguage, styles?: LabelStyles | LabelPreset): boolean {
  return styleFor(language, styles).names === 'official';
}
