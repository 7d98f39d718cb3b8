const SPACE = new Set([' ', '\t', '\n', '\r']);
const ESCAPES = new Set('"\\/bfnrt');

/**
 * Where a text stops being JSON.
 *
 * `JSON.parse` states no position for most faults, so the text is read again. Linear; nesting is
 * kept on a list, not on the call stack.
 *
 * @returns UTF-16 offset of the first character that can't stand there, `text.length` where the
 *   text ends too early; null for one JSON value.
 */
export function jsonFaultAt(text: string): number | null {
  const open: ('{' | '[')[] = [];
  let at = 0;
  const skipSpace = (): void => {
    while (SPACE.has(text[at]!)) at += 1;
  };
  /** A key and its colon. */
  const key = (): boolean => {
    skipSpace();
    if (text[at] !== '"' || !string()) return false;
    skipSpace();
    if (text[at] !== ':') return false;
    at += 1;
    return true;
  };
  const string = (): boolean => {
    at += 1;
    for (; at < text.length; at += 1) {
      const character = text[at]!;
      if (character === '"') {
        at += 1;
        return true;
      }
      if (character < ' ') return false;
      if (character !== '\\') continue;
      at += 1;
      if (text[at] === 'u') {
        if (!/^[0-9a-f]{4}$/i.test(text.slice(at + 1, at + 5))) return false;
        at += 4;
      } else if (!ESCAPES.has(text[at]!)) return false;
    }
    return false;
  };
  const scalar = (): boolean => {
    if (text[at] === '"') return string();
    const pattern = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) return false;
    at += found.length;
    return true;
  };
  /** After a value: the ends of what it completes, then a comma or the end of the text. */
  const afterValue = (): 'value' | 'end' | null => {
    for (;;) {
      skipSpace();
      const inside = open.at(-1);
      if (inside === undefined) return at === text.length ? 'end' : null;
      if (text[at] === ',') {
        at += 1;
        return inside === '[' || key() ? 'value' : null;
      }
      if (text[at] !== (inside === '[' ? ']' : '}')) return null;
      at += 1;
      open.pop();
    }
  };
  for (;;) {
    skipSpace();
    const begins = text[at];
    let complete = true;
    if (begins === '{' || begins === '[') {
      open.push(begins);
      at += 1;
      skipSpace();
      complete = text[at] === (begins === '[' ? ']' : '}');
      if (!complete && begins === '{' && !key()) return at;
    } else if (!scalar()) return at;
    if (!complete) continue;
    const next = afterValue();
    if (next === 'end') return null;
    if (next === null) return at;
  }
}
