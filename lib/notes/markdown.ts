import type { Token, Tokens } from 'marked';

/** What a Markdown file says of itself, and its text without markup. */
export interface MarkdownText {
  /** Of the front matter, else the first heading; null where there is neither. */
  title: string | null;
  body: string;
  tags: string[];
  /** As the front matter has it. */
  time: string | null;
}

/**
 * The text of Markdown, a line for each paragraph, item, cell row and line of code; addresses of links and HTML
 * tags are left out. Front matter (`---` lines with `title:`, `tags:`, `date:`) is read as far as it is simple.
 */
export async function readMarkdown(source: string): Promise<MarkdownText> {
  const { Lexer } = await import('marked');
  const { fields, rest } = frontMatter(source);
  const tokens = new Lexer({ gfm: true }).lex(rest);
  const heading = tokens.find((token) => token.type === 'heading');
  const lines: string[] = [];
  for (const token of tokens) if (token !== heading || fields['title']) addLines(token, lines);
  return {
    title: fields['title'] ?? (heading ? inline(heading) : null),
    body: lines.join('\n'),
    tags: (fields['tags'] ?? '')
      .replace(/^\[(.*)\]$/, '$1')
      .split(/[,\n]/)
      .map((tag) => tag.trim().replace(/^["'-]\s*|["']$/g, ''))
      .filter((tag) => tag !== ''),
    time: fields['date'] ?? null,
  };
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

function addLines(token: Token, lines: string[]): void {
  switch (token.type) {
    case 'code':
      lines.push(...(token as Tokens.Code).text.split('\n'));
      return;
    case 'list':
      for (const item of (token as Tokens.List).items) addLines(item, lines);
      return;
    case 'list_item':
    case 'blockquote':
      for (const inner of (token as Tokens.ListItem).tokens) addLines(inner, lines);
      return;
    case 'table': {
      const { header, rows } = token as Tokens.Table;
      for (const row of [header, ...rows]) lines.push(row.map((cell) => inline(cell)).join(' '));
      return;
    }
    default: {
      const text = inline(token);
      if (text !== '') lines.push(text);
    }
  }
}

/** Text of one block, as it is read. */
function inline(token: { type?: string; text?: string; tokens?: Token[] }): string {
  if (
    token.type === 'html' ||
    token.type === 'space' ||
    token.type === 'hr' ||
    token.type === 'def'
  ) {
    return '';
  }
  if (token.type === 'br') return '\n';
  const text = token.tokens ? token.tokens.map(inline).join('') : (token.text ?? '');
  return text;
}
