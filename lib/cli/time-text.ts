import { type Option, fits } from '../options.ts';

/** What `readTime` accepts, for messages and help texts. */
export const TIME_TEXT = 'a time such as 500ms, 90s, 15m, 24h or 7d';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of `90s`, `15m`, `24h`; undefined if the option does not accept them. */
export function readTime(option: Option, text: string): number | undefined {
  const [, digits, unit] = /^(\d+)(ms|[smhd])$/.exec(text) ?? [];
  if (unit === undefined) return undefined;
  const ms = Number(digits) * UNITS[unit as keyof typeof UNITS];
  return Number.isSafeInteger(ms) && fits(option, ms) ? ms : undefined;
}

/** Writes milliseconds in the largest unit that divides them. */
export function timeText(ms: number): string {
  const [unit, size] = Object.entries(UNITS).findLast(
    ([, size]) => ms % size === 0 && ms >= size,
  ) ?? ['s', 1];
  return `${ms / size}${unit}`;
}
