/** Scripts that suoyin distinguishes. */
export type Script = 'han' | 'kana' | 'hangul' | 'bopomofo' | 'latin' | 'digit' | 'space' | 'other';

/** A run of one script; offsets are in UTF-16 code units, `end` is exclusive. */
export interface ScriptRun {
  script: Script;
  text: string;
  start: number;
  end: number;
}

const PATTERNS: [Script, RegExp][] = [
  ['han', /^[\p{Script=Han}〆]$/u],
  ['kana', /^[\p{Script=Hiragana}\p{Script=Katakana}ー゛゜ｰﾞﾟ]$/u],
  ['hangul', /^\p{Script=Hangul}$/u],
  ['bopomofo', /^[\p{Script=Bopomofo}ˊˇˋ˙]$/u],
  ['latin', /^\p{Script=Latin}$/u],
  ['digit', /^\p{Nd}$/u],
  ['space', /^\p{White_Space}$/u],
];

const known = new Map<string, Script>();

function scriptOf(character: string): Script {
  let script = known.get(character);
  if (script === undefined) {
    script = PATTERNS.find(([, pattern]) => pattern.test(character))?.[0] ?? 'other';
    known.set(character, script);
  }
  return script;
}

/**
 * Splits a text into runs of one script, in order; joined, they are the text.
 *
 * 々 and 〆 always count as Han; ヶ and ヵ count as Han between two Han characters (霞ヶ関),
 * elsewhere as kana. A combining mark belongs to the run before it.
 *
 * @param text - Any string.
 * @example
 * scriptRuns('霞ヶ関ビル').map((run) => run.script); // => ['han', 'kana']
 */
export function scriptRuns(text: string): ScriptRun[] {
  const runs: ScriptRun[] = [];
  const characters = Array.from(text);
  let at = 0;
  characters.forEach((character, index) => {
    const last = runs.at(-1);
    let script = scriptOf(character);
    if (
      /^[ヶヵ]$/.test(character) &&
      last?.script === 'han' &&
      scriptOf(characters[index + 1] ?? '') === 'han'
    ) {
      script = 'han';
    } else if (last && /^\p{M}$/u.test(character)) {
      script = last.script;
    }
    const end = at + character.length;
    if (last?.script === script) {
      last.text += character;
      last.end = end;
    } else {
      runs.push({ script, text: character, start: at, end });
    }
    at = end;
  });
  return runs;
}

/**
 * The scripts that occur in a text, by the rules of `scriptRuns`.
 *
 * @param text - Any string.
 * @example
 * scriptsOf('台北101').has('digit'); // => true
 */
export function scriptsOf(text: string): Set<Script> {
  return new Set(scriptRuns(text).map((run) => run.script));
}
