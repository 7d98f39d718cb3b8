import type { Fragment, Range } from '../autocomplete/long-text/snippets.ts';
import { shownText } from '../shown-text.ts';
import type { Io } from './io.ts';

/** A text with its highlights in bold, if the terminal supports it. */
export function marked(
  { text, highlights }: Pick<Fragment, 'text' | 'highlights'>,
  io: Pick<Io, 'color'>,
): string {
  const parts: string[] = [];
  let at = 0;
  const add = (until: number, bold: boolean): void => {
    const part = shownText(text.slice(at, until).replace(/\s+/gu, ' '));
    parts.push(bold && io.color ? `\u001b[1m${part}\u001b[22m` : part);
    at = until;
  };
  for (const [start, end] of highlights satisfies readonly Range[]) {
    add(start, false);
    add(end, true);
  }
  add(text.length, false);
  return parts.join('');
}
