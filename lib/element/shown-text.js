// As lib/shown-text.ts, which a browser can't load; test/server/page.test.ts holds that both agree.

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const SELECTOR = /^[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]$/u;
const SELECTED = /^[\p{L}\p{N}\p{S}]$/u;
const PICTOGRAPH = /^\p{Extended_Pictographic}$/u;
const PICTOGRAPH_END = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/u;
/** @type {Record<string, string>} */
const SHORT = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A text in which nothing is hidden and nothing turns what is around it.
 *
 * @param {string} text
 */
export function shownText(text) {
  if (!HIDDEN.test(text)) return text;
  const characters = Array.from(text);
  return characters
    .map((character, at) => {
      if (!HIDDEN.test(character) || isJoined(characters, at)) return character;
      return (
        SHORT[character] ?? `\\u{${/** @type {number} */ (character.codePointAt(0)).toString(16)}}`
      );
    })
    .join('');
}

/**
 * @param {string[]} characters
 * @param {number} at
 */
function isJoined(characters, at) {
  const before = characters[at - 1] ?? '';
  if (SELECTOR.test(characters[at] ?? '')) return SELECTED.test(before);
  const joins = characters[at] === '\u200d' && PICTOGRAPH_END.test(before);
  return joins && PICTOGRAPH.test(characters[at + 1] ?? '');
}
