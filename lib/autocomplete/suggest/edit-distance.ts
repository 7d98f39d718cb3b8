/**
 * Whether one string becomes the other by at most one edit: a character replaced, left out, added, or
 * two neighbours swapped (Damerau-Levenshtein distance up to 1).
 *
 * Counts UTF-16 code units; folding keys of names hardly ever hold others.
 */
export function withinOneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  const most = Math.min(a.length, b.length) - start;
  while (end < most && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const restA = a.length - end - start;
  const restB = b.length - end - start;
  if (restA <= 1 && restB <= 1) return true;
  const isPair = restA === 2 && restB === 2;
  return isPair && a[start] === b[start + 1] && a[start + 1] === b[start];
}
