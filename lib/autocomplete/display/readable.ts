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

/** Texts that readers of a script can read: its own letters, and Latin ones, digits and marks, which everybody reads. */
const READ: Readonly<Record<string, RegExp>> = {
  Hant: /^[\p{Script=Han}\p{Script=Bopomofo}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Hans: /^[\p{Script=Han}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Jpan: /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Kore: /^[\p{Script=Hangul}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Cyrl: /^[\p{Script=Cyrillic}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Grek: /^[\p{Script=Greek}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Arab: /^[\p{Script=Arabic}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Hebr: /^[\p{Script=Hebrew}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Thai: /^[\p{Script=Thai}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Deva: /^[\p{Script=Devanagari}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Beng: /^[\p{Script=Bengali}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Taml: /^[\p{Script=Tamil}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Telu: /^[\p{Script=Telugu}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Khmr: /^[\p{Script=Khmer}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Laoo: /^[\p{Script=Lao}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Mymr: /^[\p{Script=Myanmar}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Sinh: /^[\p{Script=Sinhala}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Tibt: /^[\p{Script=Tibetan}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Geor: /^[\p{Script=Georgian}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Armn: /^[\p{Script=Armenian}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Ethi: /^[\p{Script=Ethiopic}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  Mong: /^[\p{Script=Mongolian}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
};
const LATIN = /^[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u;

const CHINESE = /^Han[ts]$/;
/** Kana that join the Han characters of names (霞ヶ関, 御茶ノ水), which readers of Chinese know to pass over. */
const JOINING_KANA = /(?<=\p{Script=Han})[ヶケヵがノのツッ々〆ー](?=\p{Script=Han})/gu;

/** Whether somebody who reads a language can read a text: its script, and Latin letters. */
export function isReadable(text: string, language: string): boolean {
  const script = scriptOfReader(language);
  const shown = CHINESE.test(script) ? text.replace(JOINING_KANA, '') : text;
  return (READ[script] ?? LATIN).test(shown);
}

/** Whether a text is written in the reader's own script, and not in Latin letters, which everybody reads. */
export function isOwnScript(text: string, language: string): boolean {
  return isReadable(text, language) && !LATIN.test(text);
}

/** The same, where to readers of Latin letters these are their own. */
export function isInScriptOf(text: string, language: string): boolean {
  return (
    isReadable(text, language) &&
    (isOwnScript(text, language) || scriptOfReader(language) === 'Latn')
  );
}
