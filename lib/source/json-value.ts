import { isUtf8 } from 'node:buffer';
import { RecordError, quoteValue } from '../errors.ts';
import { jsonFaultAt } from './json-fault.ts';

/** Where a value begins in its file: line and column in UTF-16 units, both from 1. */
export interface Position {
  line: number;
  column: number;
}

/** A value of a file, or the error that it has. `line` counts from 1 and includes blank lines. */
export type JsonLine =
  | { line: number; value: unknown; error?: never }
  | { line: number; error: RecordError; value?: never };

/**
 * Parses one JSON value of a file.
 *
 * @param at - Where it begins.
 * @returns Null for blank text; `error` is `INVALID_UTF8`, `MALFORMED_JSON` or `FORBIDDEN_KEY`
 *   (`__proto__`, or `constructor` with a `prototype`), with line and column.
 */
export function parseJson(bytes: Buffer, at: Position): JsonLine | null {
  const { line } = at;
  if (!isUtf8(bytes)) {
    const text = bytes.toString('utf8');
    const where = positionIn(text, Math.max(0, text.indexOf('\uFFFD')), at);
    const what = `Line ${where.line}, column ${where.column} is not valid UTF-8: ${quoteValue(text.slice(0, 60))}`;
    const hint = 'Convert the file to UTF-8 (`iconv -t utf-8`).';
    return {
      line,
      error: new RecordError('INVALID_UTF8', what, hint, {
        field: null,
        value: text.slice(0, 200),
      }),
    };
  }
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const offset = jsonFaultAt(text) ?? 0;
    const where = positionIn(text, offset, at);
    const shown = quoteValue(text.trimStart().slice(0, 60));
    const what = `Line ${where.line}, column ${where.column} is not JSON: ${shown}`;
    const hint = `${hintAt(text, offset)} (${(cause as Error).message}).`;
    const options = { cause };
    return {
      line,
      error: new RecordError('MALFORMED_JSON', what, hint, {
        field: null,
        value: text.slice(0, 200),
        ...options,
      }),
    };
  }
  const key = mayHoldForbiddenKey(text) ? forbiddenKey(value) : null;
  if (key !== null) {
    const what = `Line ${line} has the key ${quoteValue(key)}`;
    const hint = 'Remove it: such keys can change objects of the program that reads them.';
    return {
      line,
      error: new RecordError('FORBIDDEN_KEY', what, hint, {
        field: key,
        value: text.slice(0, 200),
      }),
    };
  }
  return { line, value };
}

/** What to do about what is not JSON, though other languages have it. */
function hintAt(text: string, offset: number): string {
  const rest = text.slice(offset, offset + 10);
  const before = text.slice(Math.max(0, offset - 10), offset).trimEnd();
  if (/^(?:\/[/*]|#)/.test(rest)) return 'JSON has no comments: remove them';
  if (/^[\]}]/.test(rest) && before.endsWith(',')) return 'Remove the comma before the bracket';
  if (/^,\s*$/.test(text.slice(offset, offset + 1000))) {
    return 'Remove the comma at the end of the line, or put [ and ] around all lines (--format json)';
  }
  if (rest.startsWith("'")) return 'JSON has double quotes';
  if (/^-?(?:NaN|Infinity)/.test(rest))
    return 'JSON has no such number: write null, or leave it out';
  if (/^(?:None|True|False|undefined)/.test(rest)) return 'JSON has null, true and false only';
  return 'Give one JSON value a line';
}

/** The position of an offset in a text that begins at another position. */
export function positionIn(text: string, offset: number, at: Position): Position {
  const before = text.slice(0, offset);
  const breaks = before.split('\n').length - 1;
  if (breaks === 0) return { line: at.line, column: at.column + offset };
  return { line: at.line + breaks, column: offset - before.lastIndexOf('\n') };
}

/** A cheap test of the text. Escapes can hide a key from it, so they count as suspicious, too. */
function mayHoldForbiddenKey(text: string): boolean {
  return text.includes('__proto__') || text.includes('constructor') || text.includes('\\u00');
}

function forbiddenKey(value: unknown): string | null {
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (Object.hasOwn(next, '__proto__')) return '__proto__';
    if (Object.hasOwn(next, 'constructor')) {
      const inner = (next as Record<string, unknown>)['constructor'];
      if (typeof inner === 'object' && inner !== null && Object.hasOwn(inner, 'prototype')) {
        return 'constructor.prototype';
      }
    }
    for (const child of Object.values(next)) open.push(child);
  }
  return null;
}
