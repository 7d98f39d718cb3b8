const known = new Map<string, string>();

/**
 * Normalises the language of a name: drops the region, which for Chinese implies the script.
 *
 * zh-TW and zh-HK become zh-Hant, zh-CN becomes zh-Hans, ja-JP becomes ja; ja-Hira and zh stay.
 * Tags with more than language, script and region (zh-pinyin) are kept.
 *
 * @param tag - BCP 47, in any case.
 * @see https://unicode.org/reports/tr35/#Likely_Subtags
 */
export function nameLanguage(tag: string): string {
  let language = known.get(tag);
  if (language === undefined) {
    language = withoutRegion(tag);
    if (known.size < 1000) known.set(tag, language);
  }
  return language;
}

function withoutRegion(tag: string): string {
  const locale = localeOf(tag);
  if (locale === null) return tag;
  const { language, region, baseName } = locale;
  let { script } = locale;
  if (baseName !== [language, script, region].filter(Boolean).join('-')) return baseName;
  if (language === 'zh' && region !== undefined) script ??= locale.maximize().script;
  return script === undefined ? language : `${language}-${script}`;
}

/** Null for a malformed tag, such as one that repeats a subtag. */
function localeOf(tag: string): Intl.Locale | null {
  try {
    return new Intl.Locale(tag);
  } catch {
    return null;
  }
}
