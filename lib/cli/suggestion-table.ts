import type { Suggestion } from '../autocomplete/suggest/suggestions.ts';

/** Characters that take two columns of a terminal: East Asian Wide and Fullwidth, without rarities. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Emoji_Presentation}\u3000-\u303f\u30fb\u30fc\uff01-\uff60\uffe0-\uffe6]/u;
const ZERO = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Columns that a text takes in a terminal. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const char of text) columns += ZERO.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return columns;
}

/** What a line of the table is made of. */
type TableRow = Pick<Suggestion, 'id' | 'name' | 'label' | 'kind' | 'matches' | 'matchedName'>;

/**
 * Suggestions for a terminal: label, kind and id in columns.
 *
 * @param options - bold: set the part of the name that was typed in bold (ECMA-48).
 */
export function suggestionTable(
  suggestions: readonly TableRow[],
  options: { bold: boolean },
): string {
  if (suggestions.length === 0) return 'no place found';
  const widest = Math.max(...suggestions.map(({ label }) => columnsOf(label)));
  const kinds = Math.max(...suggestions.map(({ kind }) => kind.length));
  return suggestions
    .map((suggestion) => {
      const { label, kind, id, matchedName } = suggestion;
      const shown = options.bold ? emphasised(suggestion) : label;
      const gap = ' '.repeat(widest - columnsOf(label));
      const by = matchedName === undefined ? '' : `  by ${matchedName}`;
      return `${shown}${gap}  ${kind.padEnd(kinds)}  ${id}${by}`;
    })
    .join('\n');
}

function emphasised({ label, name, matches }: TableRow): string {
  const at = label.indexOf(name);
  if (at < 0) return label;
  let shown = '';
  let end = 0;
  for (const [from, to] of matches) {
    shown += `${label.slice(end, at + from)}\u001b[1m${label.slice(at + from, at + to)}\u001b[22m`;
    end = at + to;
  }
  return shown + label.slice(end);
}
