// Numbers as they are spoken in Japanese and Mandarin: digit by digit, or as a cardinal number.

const KANA_ONES = ['', 'いち', 'に', 'さん', 'よん', 'ご', 'ろく', 'なな', 'はち', 'きゅう'];
/** Hundreds whose sound changes. */
const KANA_HUNDREDS: ReadonlyMap<number, string> = new Map([
  [1, 'ひゃく'],
  [3, 'さんびゃく'],
  [6, 'ろっぴゃく'],
  [8, 'はっぴゃく'],
]);
const KANA_ZEROS = ['まる', 'ぜろ'];

/** From here on a number is spoken digit by digit as well: 109 is ひゃくきゅう and いちまるきゅう. */
const KANA_DIGITWISE = 100;
/** Larger numbers in names are years and house numbers: they stay digits, or are spoken digit by digit. */
const CARDINALS = 1000;
/** Numbers of more digits are not spoken. */
const LONGEST = 4;

function kanaCardinal(n: number): string {
  const [hundreds, tens, ones] = [Math.floor(n / 100), Math.floor(n / 10) % 10, n % 10];
  const front =
    hundreds === 0 ? '' : (KANA_HUNDREDS.get(hundreds) ?? `${KANA_ONES[hundreds]}ひゃく`);
  const middle = tens === 0 ? '' : `${tens > 1 ? KANA_ONES[tens] : ''}じゅう`;
  return front + middle + KANA_ONES[ones]!;
}

/**
 * The forms in which a reading with digits may be typed: だい1 and だいいち, 109, ひゃくきゅう, いちまるきゅう and
 * いちぜろきゅう.
 *
 * @param kana - Folded.
 * @returns One to four, the reading itself first.
 */
export function numberReadings(kana: string): string[] {
  if (!/\d/.test(kana)) return [kana];
  const digitwise = KANA_ZEROS.map((zero) => (digits: string): string => {
    const n = Number(digits);
    if (n < KANA_DIGITWISE) return cardinal(digits);
    return Array.from(digits, (digit) => KANA_ONES[Number(digit)] || zero).join('');
  });
  const cardinal = (digits: string): string => {
    const n = Number(digits);
    return n === 0 || n >= CARDINALS ? digits : kanaCardinal(n);
  };
  const forms = [cardinal, ...digitwise].map((form) =>
    kana.replace(/\d+/g, (digits) => (digits.length > LONGEST ? digits : form(digits))),
  );
  return [...new Set([kana, ...forms])];
}

const PINYIN_DIGITS = 'ling2 yi1 er4 san1 si4 wu3 liu4 qi1 ba1 jiu3'.split(' ');

function pinyinCardinal(n: number): string[] {
  const [hundreds, tens, ones] = [Math.floor(n / 100), Math.floor(n / 10) % 10, n % 10];
  const items = hundreds === 0 ? [] : [PINYIN_DIGITS[hundreds]!, 'bai3'];
  // 101 is 一百零一, 110 一百一十, 10 十.
  if (tens > 1 || (tens === 1 && hundreds > 0)) items.push(PINYIN_DIGITS[tens]!);
  if (tens > 0) items.push('shi2');
  else if (hundreds > 0 && ones > 0) items.push('ling2');
  if (ones > 0) items.push(PINYIN_DIGITS[ones]!);
  return items;
}

/**
 * The forms in which a Mandarin reading with digits may be spoken: tai2 bei3 1 0 1, tai2 bei3 yi1 ling2 yi1 and tai2 bei3
 * yi1 bai3 ling2 yi1.
 *
 * @param pinyin - As `pinyinOf` returns it.
 * @returns One to three, the reading itself first.
 */
export function spokenPinyin(pinyin: string): string[] {
  if (!/\d/.test(pinyin)) return [pinyin];
  const items = pinyin.split(' ');
  const digitwise = (digits: string[]): string[] => digits.map((digit) => PINYIN_DIGITS[+digit]!);
  const cardinal = (digits: string[]): string[] => {
    const n = Number(digits.join(''));
    return n === 0 || n >= CARDINALS ? digitwise(digits) : pinyinCardinal(n);
  };
  const forms = [digitwise, cardinal].map((form) => withNumbers(items, form).join(' '));
  return [...new Set([pinyin, ...forms])];
}

/** Items with each number put into a form. Digits of tones follow letters; those of the name are items of their own. */
function withNumbers(items: readonly string[], form: (digits: string[]) => string[]): string[] {
  const spoken: string[] = [];
  for (let from = 0; from < items.length;) {
    let to = from;
    while (/^\d$/.test(items[to] ?? '')) to++;
    const digits = items.slice(from, to);
    if (digits.length > 0) spoken.push(...(digits.length > LONGEST ? digits : form(digits)));
    else spoken.push(items[to++]!);
    from = to;
  }
  return spoken;
}
