/** What the beginning of a JSON text shows of the object that it is. */
export interface JsonOutline {
  /** Keys of the object itself. */
  keys: string[];
  /** Keys that lead to an array of objects, joined by dots, as in `data.items`; the outer ones first. */
  arrays: string[];
  /** Nothing follows the object. */
  isWhole: boolean;
}

/** Arrays deeper than this are not looked for. */
const MOST_DEPTH = 6;

/** Outlines an object whose text may be cut off anywhere; arrays of other values are passed over. */
export function outlineOf(text: string): JsonOutline {
  const outline: JsonOutline = { keys: [], arrays: [], isWhole: false };
  /** Keys of the open objects; null for an array. */
  const open: (string | null)[] = [];
  let last = '';
  const token = /["{}[\]:]/g;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const [what] = found;
    if (what === '"') {
      const end = endOfString(text, token.lastIndex);
      if (end === null) break;
      last = unescaped(text.slice(found.index, end));
      token.lastIndex = end;
    } else if (what === ':') {
      open[open.length - 1] = last;
      if (open.length === 1) outline.keys.push(last);
    } else if (what === '[') {
      const isOfObjects = /^\s*\{/.test(text.slice(token.lastIndex, token.lastIndex + 100));
      const isMember = open.length > 0 && open.length <= MOST_DEPTH && !open.includes(null);
      if (isMember && isOfObjects) outline.arrays.push(open.join('.'));
      open.push(null);
    } else if (what === '{') open.push('');
    else {
      open.pop();
      if (open.length > 0) continue;
      outline.isWhole = text.slice(token.lastIndex).trim() === '';
      break;
    }
  }
  return outline;
}

/** Where a string ends whose quotation mark is before `from`; null if the text is cut off in it. */
function endOfString(text: string, from: number): number | null {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '"') return at + 1;
    if (text[at] === '\\') at++;
  }
  return null;
}

function unescaped(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted;
  }
}
