/**
 * Characters that are invisible, end a line, or control the display: controls, directions,
 * joiners, tags, lone surrogates.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const SELECTOR = /^[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]$/u;
/**
 * Characters that a variation selector may follow: the official name of a city has 葛 with U+E0100.
 */
const SELECTED = /^[\p{L}\p{N}\p{S}]$/u;
const PICTOGRAPH = /^\p{Extended_Pictographic}$/u;
const PICTOGRAPH_END = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/u;
const ZERO_WIDTH_JOINER = '\u200d';

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Makes a text safe for a terminal, a log or a page: characters that are invisible, or would move,
 * turn or colour the text around them, are escaped as `\u{202e}`.
 *
 * Variation selectors after a letter and joiners between emoji stay, since they belong to the
 * character. The result is one line; applied again, the function changes nothing.
 *
 * @example
 * shownText('red\u001b[31m\n'); // => 'red\\u{1b}[31m\\n'
 */
export function shownText(text: string): string {
  return HIDDEN.test(text) ? replaceHidden(text, escapeShort) : text;
}

/**
 * Whether `shownText` leaves a text unchanged, so that only similar letters could make two
 * different texts look the same.
 */
export function isShownWhole(text: string): boolean {
  return !HIDDEN.test(text) || replaceHidden(text, () => '') === text;
}

/**
 * A value as JSON on one line, with invisible characters escaped; parsed, it gives the same value.
 * A value that JSON lacks is shown by its name.
 */
export function shownJson(
  value: unknown,
  replacer?: (name: string, value: unknown) => unknown,
): string {
  const json = JSON.stringify(value, replacer) ?? String(value);
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
