const known = new Map<string, string>();

/**
 * Normalises the language of a name or reader: a region stays only where it is not the likely one of language and
 * script, and Chinese always has its script.
 *
 * zh-TW becomes zh-Hant, zh-HK zh-Hant-HK, zh-CN zh-Hans, ja-JP ja, en-GB stays; ja-Hira and zh stay.
 * Tags with more than language, script and region (zh-pinyin) are kept.
 *
 * @param tag - BCP 47, in any case.
 * @see https://unicode.org/reports/tr35/#Likely_Subtags
 */
export function nameLanguage(tag: string): string {
  let language = known.get(tag);
  if (language === undefined) {
    language = withoutLikely(tag);
    if (known.size < 1000) known.set(tag, language);
  }
  return language;
}

function withoutLikely(tag: string): string {
  const locale = localeOf(tag);
  if (locale === null) return tag;
  const { language, region, baseName } = locale;
  let { script } = locale;
  if (baseName !== [language, script, region].filter(Boolean).join('-')) return baseName;
  if (language === 'zh' && region !== undefined) script ??= locale.maximize().script;
  const base = script === undefined ? language : `${language}-${script}`;
  if (region === undefined || localeOf(base)?.maximize().region === region) return base;
  return `${base}-${region}`;
}

/** Null for a malformed tag, such as one that repeats a subtag. */
function localeOf(tag: string): Intl.Locale | null {
  try {
    return new Intl.Locale(tag);
  } catch {
    return null;
  }
}

/** Regions that take the names of another one before those of their script: Macau those of Hong Kong. */
const PARENT_TAGS: Readonly<Record<string, string>> = {
  'zh-Hant-MO': 'zh-Hant-HK',
  'zh-Hans-MY': 'zh-Hans-SG',
};

/**
 * A language tag and what stands in for it, nearest first: zh-Hant-MO, zh-Hant-HK, zh-Hant; en-GB, en.
 *
 * @param language - As `nameLanguage` returns it.
 */
export function languageAndWider(language: string): readonly string[] {
  let tags = wider.get(language);
  if (!tags) {
    tags = madeWider(language);
    if (wider.size < 1000) wider.set(language, tags);
  }
  return tags;
}

const wider = new Map<string, readonly string[]>();

function madeWider(language: string): readonly string[] {
  const tags = [language];
  const parent = PARENT_TAGS[language];
  if (parent !== undefined) tags.push(parent);
  const subtags = language.split('-');
  if (subtags.length > 1 && /^(?:[A-Z]{2}|\d{3})$/.test(subtags.at(-1)!)) {
    tags.push(subtags.slice(0, -1).join('-'));
  }
  return tags;
}

/** A tag without its region: zh-Hant of zh-Hant-HK. */
export function withoutRegion(language: string): string {
  return languageAndWider(language).at(-1)!;
}

const spoken = new Map<string, string | undefined>();

/**
 * Whether a language is the likely one of a country, by CLDR: de of DE, vi of VN.
 *
 * @param language - With or without a region.
 */
export function isSpokenIn(country: string | undefined, language: string): boolean {
  if (country === undefined) return false;
  if (!spoken.has(country)) spoken.set(country, localeOf(`und-${country}`)?.maximize().language);
  return spoken.get(country) === language.split('-')[0];
}
