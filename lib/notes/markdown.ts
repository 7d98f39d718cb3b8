import { NOTE_LIMITS } from './note.ts';

/** Front matter of a Markdown file, and its text without markup. */
export interface MarkdownText {
  /** Title in the front matter, else the first heading, if not too long; null if there is neither. */
  title: string | null;
  body: string;
  tags: string[];
  /** Time in the front matter, as written. */
  time: string | null;
}

/**
 * The text of Markdown, a line for each paragraph, item, cell row and line of code; addresses of links and HTML
 * tags are left out. Front matter (`---` lines with `title:`, `tags:`, `date:`) is read if it is simple.
 */
export async function readMarkdown(source: string): Promise<MarkdownText> {
  const { default: MarkdownIt } = await import('markdown-it');
  const { fields, rest } = frontMatter(source);
  const tokens = new MarkdownIt('default', { html: true }).parse(rest, {});
  const first = tokens.findIndex(({ type }) => type === 'heading_open');
  // The first heading is the title and not in the body, unless the front matter has a title.
  const heading = fields['title'] === undefined && first >= 0 ? titleIn(tokens[first + 1]!) : null;
  const lines: string[] = [];
  let row: string[] | null = null;
  for (const token of tokens) {
    if (token.type === 'tr_open') row = [];
    else if (token.type === 'tr_close') {
      lines.push((row ?? []).join(' '));
      row = null;
    } else if (token.type === 'fence' || token.type === 'code_block') {
      for (const line of token.content.replace(/\n$/, '').split('\n')) lines.push(line);
    } else if (token.type === 'inline' && token !== heading) {
      const text = textOf(token);
      if (text !== '') (row ?? lines).push(text);
    }
  }
  return {
    title: fields['title'] ?? (heading ? textOf(heading) : null),
    body: lines.join('\n'),
    tags: (fields['tags'] ?? '')
      .replace(/^\[(.*)\]$/, '$1')
      .split(/[,\n]/)
      .map((tag) => tag.trim().replace(/^["'-]\s*|["']$/g, ''))
      .filter((tag) => tag !== ''),
    time: fields['date'] ?? null,
  };
}

/** A heading if it is short enough for a title: a paragraph above a line of dashes is a heading as well. */
function titleIn(heading: Part): Part | null {
  return textOf(heading).length <= NOTE_LIMITS.title ? heading : null;
}

function frontMatter(source: string): { fields: Record<string, string | undefined>; rest: string } {
  const plain = source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  if (!plain.startsWith('---\n')) return { fields: {}, rest: plain };
  const end = plain.indexOf('\n---\n', 3);
  if (end < 0) return { fields: {}, rest: plain };
  const fields = new Map<string, string>();
  let last: string | null = null;
  for (const line of plain.slice(4, end).split('\n')) {
    const [, name, value = ''] = /^(title|tags|date):(.*)$/.exec(line) ?? [];
    if (name !== undefined) fields.set((last = name), value.trim().replace(/^["']|["']$/g, ''));
    else if (last !== null && /^\s*- /.test(line)) {
      fields.set(last, `${fields.get(last) ?? ''}\n${line.trim()}`);
    } else last = null;
  }
  return { fields: Object.fromEntries(fields), rest: plain.slice(end + 5) };
}

/** An inline token of the parser. */
interface Part {
  type: string;
  content: string;
  children?: Part[] | null;
}

/** Text of one block. */
function textOf({ children }: Part): string {
  const parts = children ?? [];
  return parts
    .map((part) => (part.type === 'image' ? textOf(part) : (SHOWN[part.type]?.(part) ?? '')))
    .join('');
}

const own = ({ content }: Part): string => content;
const SHOWN: Readonly<Record<string, (part: Part) => string>> = {
  text: own,
  code_inline: own,
  text_special: own,
  softbreak: () => '\n',
  hardbreak: () => '\n',
};
