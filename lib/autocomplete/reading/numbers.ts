// One form for numbers: 五 and ５ are 5, 十一 is 11, 二〇五 is 205. Both sides are brought into it, so that a name
// with numerals in it (三重, 九份) only changes its spelling.

const DIGITS: ReadonlyMap<string, number> = new Map([
  ...Array.from('〇一二三四五六七八九', (digit, n): [string, number] => [digit, n]),
  ['零', 0],
]);
const POWERS: ReadonlyMap<string, number> = new Map([
  ['十', 10],
  ['百', 100],
  ['千', 1000],
]);
const TENS: ReadonlyMap<string, number> = new Map([
  ['廿', 20],
  ['卅', 30],
]);
const isNumeral = (unit: string): boolean => DIGITS.has(unit) || POWERS.has(unit) || TENS.has(unit);
const isDigit = (unit: string | undefined): boolean =>
  unit !== undefined && unit >= '0' && unit <= '9';

const ANY_NUMBER = /[0-9〇一二三四五六七八九零十百千廿卅]/;

/** A key may hold a number. */
export function hasNumber(key: string): boolean {
  return ANY_NUMBER.test(key);
}

/** A folded key with its numbers in Arabic digits. */
export interface NumberedKey {
  text: string;
  /** Where each unit of `text` stands in the key, -1 inside a number; one more for the end. */
  at: number[];
  /** The key ends in a number, of which more may follow. */
  open: boolean;
}

/** Digits of a run of Han numerals; the run itself where it is a power alone (千 of 千葉). */
function digitsOf(run: string): string | null {
  if (run.length === 1 && (run === '百' || run === '千')) return null;
  const units = Array.from(run);
  if (units.every((unit) => DIGITS.has(unit))) return units.map((u) => DIGITS.get(u)).join('');
  let sum = 0;
  let last = 0;
  for (const unit of units) {
    const power = POWERS.get(unit);
    if (power !== undefined) {
      sum += (last || 1) * power;
      last = 0;
    } else last = last * 10 + (DIGITS.get(unit) ?? 0) + (TENS.get(unit) ?? 0);
  }
  return String(sum + last);
}

/** A folded key with every number in it in Arabic digits. Linear. */
export function numberedKey(key: string): NumberedKey {
  const result: NumberedKey = { text: '', at: [], open: false };
  for (let from = 0; from < key.length;) {
    let to = from;
    while (to < key.length && isNumeral(key[to]!)) to++;
    let shown: string | null = null;
    if (to > from) shown = digitsOf(key.slice(from, to));
    else {
      while (isDigit(key[to])) to++;
      let first = from;
      while (first < to - 1 && key[first] === '0') first++;
      if (to > from) shown = key.slice(first, to);
    }
    if (shown !== null) {
      for (let i = 0; i < shown.length; i++) result.at.push(i === 0 ? from : -1);
      result.text += shown;
    } else {
      if (to === from) to = from + 1;
      for (let i = from; i < to; i++) result.at.push(i);
      result.text += key.slice(from, to);
    }
    result.open = shown !== null;
    from = to;
  }
  result.at.push(key.length);
  return result;
}

const HAN_DIGITS = '〇一二三四五六七八九';

/** A number in Han numerals, as names have it: 11 is 十一, 205 is 二〇五. */
function inHan(digits: string): string {
  const n = Number(digits);
  const spelled = Array.from(digits, (digit) => HAN_DIGITS[Number(digit)]).join('');
  if (n === 0 || n >= 100) return spelled;
  const [tens, ones] = [Math.floor(n / 10), n % 10];
  const head = tens === 0 ? '' : `${tens > 1 ? HAN_DIGITS[tens]! : ''}十`;
  return head + (ones > 0 ? HAN_DIGITS[ones]! : '');
}

/** How a key may be written in an index: as it is, with Arabic digits, with Han numerals. One to three. */
export function numberSpellings(key: string): string[] {
  if (!hasNumber(key)) return [key];
  const { text } = numberedKey(key);
  return [...new Set([key, text, text.replace(/\d+/g, inHan)])];
}

/** Whether two folded keys hold other numbers: an edit between them is no mistake of typing. */
export function numbersDiffer(a: string, b: string): boolean {
  if (!hasNumber(a) && !hasNumber(b)) return false;
  return numbersOf(a) !== numbersOf(b);
}

function numbersOf(key: string): string {
  return (numberedKey(key).text.match(/\d+/g) ?? []).join(' ');
}
