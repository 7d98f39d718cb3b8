import type { Suggestion } from '../autocomplete/suggest/suggestions.ts';
import { shownText } from '../shown-text.ts';

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
type TableRow = Pick<
  Suggestion,
  'id' | 'name' | 'label' | 'kind' | 'matches' | 'matchedName' | 'guess' | 'unread'
>;

/**
 * Suggestions for a terminal: label, kind and id in columns; then what found the place, whether it is a guess, and what
 * part of the text was not read. Each line has its end.
 *
 * @param options - text: the query. bold: sets the typed part of the name in bold (ECMA-48). below: lines below a
 *   suggestion, each with its end.
 */
export function suggestionTable<Row extends TableRow>(
  suggestions: readonly Row[],
  options: { text: string; bold: boolean; below?: (row: Row) => string },
): string {
  if (suggestions.length === 0) return 'no place found\n';
  const columns = suggestions.map(({ label }) => columnsOf(shownText(label)));
  const widest = Math.max(...columns);
  const kinds = Math.max(...suggestions.map(({ kind }) => kind.length));
  return suggestions
    .map((suggestion, row) => {
      const { label, kind, id, matchedName, guess, unread } = suggestion;
      const shown = options.bold ? emphasised(suggestion) : shownText(label);
      const gap = ' '.repeat(widest - columns[row]!);
      const told = [
        ...(matchedName === undefined ? [] : [`by ${matchedName}`]),
        ...(guess ? ['a guess'] : []),
        ...(unread === undefined
          ? []
          : [`unread: ${unread.map(([from, to]) => options.text.slice(from, to)).join(' ')}`]),
      ];
      const facts = [kind.padEnd(kinds), id, ...told].join('  ');
      return `${shown}${gap}  ${shownText(facts)}\n${options.below?.(suggestion) ?? ''}`;
    })
    .join('');
}

function emphasised({ label, name, matches }: TableRow): string {
  const at = label.indexOf(name);
  if (at < 0) return shownText(label);
  let shown = '';
  let end = 0;
  for (const [from, to] of matches) {
    const [before, met] = [label.slice(end, at + from), label.slice(at + from, at + to)];
    shown += `${shownText(before)}\u001b[1m${shownText(met)}\u001b[22m`;
    end = at + to;
  }
  return shown + shownText(label.slice(end));
}
