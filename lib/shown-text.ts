/** What shows nothing of its own, ends a line, or acts on what shows it: controls, directions, joiners, tags, lone surrogates. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const SELECTOR = /^[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]$/u;
/** What a selector chooses a form of: 葛 with U+E0100 is how a city writes itself. */
const SELECTED = /^[\p{L}\p{N}\p{S}]$/u;
const PICTOGRAPH = /^\p{Extended_Pictographic}$/u;
const PICTOGRAPH_END = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/u;
const ZERO_WIDTH_JOINER = '\u200d';

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A text as it may stand in a terminal, a log or a page: what can't be seen, or would move, turn or colour what is
 * around it, as `\u{202e}`.
 *
 * Variation selectors behind a letter and joiners between emoji stay, as they are how these are written. The
 * result is one line, and is itself shown unchanged.
 *
 * @example
 * shownText('red\u001b[31m\n'); // => 'red\\u{1b}[31m\\n'
 */
export function shownText(text: string): string {
  return HIDDEN.test(text) ? replaceHidden(text, escapeShort) : text;
}

/** Whether `shownText` leaves a text as it is, so that two texts that look alike are alike but for their letters. */
export function isShownWhole(text: string): boolean {
  return !HIDDEN.test(text) || replaceHidden(text, () => '') === text;
}

/** A value as JSON of one line in which nothing is hidden; read back, it is the same value. What JSON lacks is told by its name. */
export function shownJson(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return HIDDEN.test(json) ? replaceHidden(json, escapeUnits) : json;
}

function replaceHidden(text: string, escape: (character: string) => string): string {
  const characters = Array.from(text);
  let shown = '';
  characters.forEach((character, at) => {
    const isPart = !HIDDEN.test(character) || isJoined(characters, at);
    shown += isPart ? character : escape(character);
  });
  return shown;
}

/** Whether a hidden character belongs to the one before it. */
function isJoined(characters: readonly string[], at: number): boolean {
  const before = characters[at - 1] ?? '';
  if (SELECTOR.test(characters[at]!)) return SELECTED.test(before);
  return (
    characters[at] === ZERO_WIDTH_JOINER &&
    PICTOGRAPH_END.test(before) &&
    PICTOGRAPH.test(characters[at + 1] ?? '')
  );
}

function escapeShort(character: string): string {
  return SHORT[character] ?? `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

function escapeUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
