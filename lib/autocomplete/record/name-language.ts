const known = new Map<string, string>();

/**
 * The language of a name as places keep it: without a region, which tells the script of Chinese names.
 *
 * zh-TW and zh-HK are zh-Hant, zh-CN is zh-Hans, ja-JP is ja, ja-Hira and zh stay. Tags with more than
 * language, script and region (zh-pinyin) stay a language of their own.
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

/** Null for what looks like a tag and is none, such as one with a subtag twice. */
function localeOf(tag: string): Intl.Locale | null {
  try {
    return new Intl.Locale(tag);
  } catch {
    return null;
  }
}
