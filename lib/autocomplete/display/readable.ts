const scriptOf = new Map<string, string>();

/** ISO 15924 code of the script that readers of a language write: Hant, Jpan, Kore, Latn, Cyrl. */
function scriptOfReader(language: string): string {
  let script = scriptOf.get(language);
  if (script === undefined) {
    try {
      script = new Intl.Locale(language).maximize().script ?? 'Latn';
    } catch {
      script = 'Latn';
    }
    if (scriptOf.size < 1000) scriptOf.set(language, script);
  }
  return script;
}

/** Properties of the scripts that are written together. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  Hant: ['Han', 'Bopomofo'],
  Hans: ['Han'],
  Jpan: ['Han', 'Hiragana', 'Katakana'],
  Kore: ['Hangul'],
};
const patterns = new Map<string, RegExp>();

/** Latin letters, digits and marks are read by everybody. */
function patternOf(script: string): RegExp {
  let pattern = patterns.get(script);
  if (!pattern) {
    const own = WRITTEN[script] ?? [script];
    const classes = [...own, 'Latin', 'Common', 'Inherited'].map((name) => `\\p{Script=${name}}`);
    try {
      pattern = new RegExp(`^[${classes.join('')}]+$`, 'u');
    } catch {
      // A script that this version of Unicode does not have.
      pattern = /^[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u;
    }
    patterns.set(script, pattern);
  }
  return pattern;
}

const CHINESE = /^Han[ts]$/;
/** Kana that join the Han characters of names (霞ヶ関, 御茶ノ水), which readers of Chinese know to pass over. */
const JOINING_KANA = /(?<=\p{Script=Han})[ヶケヵがノのツッ々〆ー](?=\p{Script=Han})/gu;

/** Whether somebody who reads a language can read a text: its script, and Latin letters. */
export function isReadable(text: string, language: string): boolean {
  const script = scriptOfReader(language);
  const shown = CHINESE.test(script) ? text.replace(JOINING_KANA, '') : text;
  return patternOf(script).test(shown);
}

const LATIN = /^[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u;

/** Whether a text is written in the reader's own script, and not in Latin letters, which everybody reads. */
export function isOwnScript(text: string, language: string): boolean {
  return isReadable(text, language) && !LATIN.test(text);
}
