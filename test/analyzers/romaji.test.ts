import { expect } from 'chai';
import fc from 'fast-check';
import { toRomaji } from 'wanakana';
import { romajiKey, romajiNasal, romajiTyped } from '../../lib/analyzers/romaji.ts';
import { runs } from '../support/properties.ts';

const MORAE =
  'あ い う え お か き く け こ さ し す せ そ た ち つ て と な に ぬ ね の は ひ ふ へ ほ ま み む め も や ゆ よ ら り る れ ろ わ が ぎ ぐ げ ご ざ じ ず ぜ ぞ だ で ど ば び ぶ べ ぼ ぱ ぴ ぷ ぺ ぽ ' +
  'きゃ きゅ きょ しゃ しゅ しょ ちゃ ちゅ ちょ にゃ にゅ にょ ひゃ ひゅ ひょ みゃ みゅ みょ りゃ りゅ りょ ぎゃ ぎゅ ぎょ じゃ じゅ じょ びゃ びゅ びょ ん';

/** Readings as places have them: morae, long vowels, っ before k, s, t or p. */
const reading = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...MORAE.split(' ')) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'っか',
          'っき',
          'っこ',
          'っさ',
          'っしょ',
          'った',
          'っちゃ',
          'っつ',
          'っぽ',
          'おお',
          'きょう',
          'しょう',
          'こう',
        ),
      },
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((morae) => morae.join(''))
  // ohy is a long vowel (Ohyama), so that ひゃ behind an o is not found by letters.
  .filter((kana) => !/[おこそとのほもよろごぞどぼぽうょ]ひ[ゃゅょ]/.test(kana));

/** Kunrei spelling of wanakana's Hepburn. */
function kunrei(hepburn: string): string {
  return hepburn
    .replace(/tch/g, 'cch')
    .replace(/c?ch([aueo])/g, (all, v) => `${all.startsWith('cc') ? 't' : ''}ty${v}`)
    .replace(/c?chi/g, (all) => (all.startsWith('cc') ? 'tti' : 'ti'))
    .replace(/sshi/g, 'ssi')
    .replace(/ssh/g, 'ssy')
    .replace(/shi/g, 'si')
    .replace(/sh/g, 'sy')
    .replace(/ji/g, 'zi')
    .replace(/j/g, 'zy')
    .replace(/tsu/g, 'tu')
    .replace(/fu/g, 'hu');
}

function expectBeginnings(typed: string, kana: string): void {
  const key = romajiKey(kana);
  for (let length = 1; length <= typed.length; length++) {
    const prefix = romajiTyped(typed.slice(0, length));
    expect(prefix, `${typed.slice(0, length)} of ${kana}`).to.be.a('string');
    expect(key.startsWith(prefix!), `${typed.slice(0, length)}: ${prefix} of ${key}`).to.equal(
      true,
    );
  }
}

describe('romajiKey', () => {
  const keys: [string, string][] = [
    ['おおさか', 'osaka'],
    ['オーサカ', 'osaka'],
    ['とうきょう', 'tokiyo'],
    ['ｼﾝｼﾞｭｸ', 'sinziyuku'],
    ['にいがた', 'nigata'],
    ['ふくおか', 'hukuoka'],
    ['しんばし', 'sinbasi'],
    ['まっちゃ', 'mattiya'],
    ['しんおおくぼ', 'sinokubo'],
    ['づ', 'zu'],
    ['ヴィラ', 'bira'],
    ['', ''],
  ];
  for (const [kana, key] of keys) {
    it(`gives ${key} for ${kana}`, () => expect(romajiKey(kana)).to.equal(key));
  }
});

describe('romajiTyped', () => {
  const groups: [string, string[]][] = [
    [
      'osaka',
      [
        'osaka',
        'oosaka',
        'ohsaka',
        'ōsaka',
        'Ôsaka',
        'おおさか',
        'オーサカ',
        'おおさkあ'.replace('kあ', 'ka'),
      ],
    ],
    ['tokiyo', ['tokyo', 'toukyou', 'tōkyō', 'tohkyoh', 'とうきょう', 'tokyou']],
    ['sinzi', ['shinj', 'しんj', 'sinzi', "shin'ji", 'shin-ji', 'sinnji', 'シンジ']],
    ['sinbasi', ['shimbashi', 'shinbashi', 'sinbasi', 'しんばし']],
    ['mattiya', ['matcha', 'maccha', 'mattya', 'まっちゃ']],
    ['oyama', ['ohyama', 'oyama', 'ōyama', 'おおやま']],
    ['nigata', ['niigata', 'nigata', 'にいがた']],
  ];
  for (const [key, spellings] of groups) {
    it(`gives ${key} for ${spellings.join(', ')}`, () => {
      expect(spellings.map(romajiTyped)).to.deep.equal(spellings.map(() => key));
    });
  }

  it('turns the letters of a syllable under way into what its continuations share', () => {
    const typed = ['sh', 'ch', 'ts', 'j', 'ky', 'n', 'f', 'shim', 'shimb', 'matc', 'おおさk', 'oh'];
    const keys = ['si', 'ti', 'tu', 'zi', 'kiy', 'n', 'hu', 'sim', 'sinb', 'matti', 'osak', 'o'];
    expect(typed.map(romajiTyped)).to.deep.equal(keys);
  });

  it('keeps an m at the end', () => {
    expect(['kiyom', 'きよm', 'kyom', 'm'].map(romajiTyped)).to.deep.equal([
      'kiyom',
      'kiyom',
      'kiyom',
      'm',
    ]);
  });

  // Read in one way only: with two ways to read `na`, this would take 2^80 steps.
  it('comes to an end on syllables that repeat before letters that fit nothing', () => {
    for (const syllable of ['na', 'なに', 'no', 'kana', 'nnn', 'aiu', 'tta']) {
      expect(romajiTyped(`${syllable.repeat(80)}kt`), syllable).to.equal(null);
    }
  });

  it('reads a long vowel, not one without end', () => {
    expect(['ohsaka', 'oosaka', 'いいいし', 'toouou'].map(romajiTyped)).to.deep.equal([
      'osaka',
      'osaka',
      'isi',
      'to',
    ]);
    for (const vowel of [
      'a',
      'i',
      'u',
      'e',
      'o',
      'ou',
      'n',
      'あ',
      'お',
      'ん',
      'あー',
      'アーー',
      'か゚ーーー',
      'っ',
    ])
      expect(romajiTyped(vowel.repeat(200)), vowel).to.equal(null);
    expect(romajiTyped('おーーーーさか')).to.equal(null);
    expect(romajiTyped(`${'o'.repeat(200)}hsaka`)).to.equal(null);
  });

  it('refuses what is no Japanese', () => {
    const typed = [
      '',
      'l',
      'q',
      'x',
      'v',
      'bq',
      'hello',
      'new york',
      '東京',
      'kん',
      '한',
      'ㄅㄢ',
      '101',
    ];
    expect(typed.map(romajiTyped)).to.deep.equal(typed.map(() => null));
  });

  it('finds a place from every beginning of its kana', () => {
    fc.assert(
      fc.property(reading, (kana) => expectBeginnings(kana, kana)),
      { numRuns: runs(500) },
    );
  });

  it('finds a place from every beginning of its Hepburn spelling', () => {
    fc.assert(
      fc.property(reading, (kana) => expectBeginnings(toRomaji(kana), kana)),
      { numRuns: runs(500) },
    );
  });

  it('finds a place from every beginning of its Kunrei spelling', () => {
    fc.assert(
      fc.property(reading, (kana) => expectBeginnings(kunrei(toRomaji(kana)), kana)),
      { numRuns: runs(500) },
    );
  });

  it('finds a place from kana with letters not yet committed', () => {
    fc.assert(
      fc.property(reading, fc.nat(5), (kana, cut) => {
        const head = kana.slice(0, cut).replace(/[っ]$/, '');
        if (/^[ゃゅょっ]/.test(kana.slice(head.length))) return;
        const tail = toRomaji(kana.slice(head.length));
        for (const length of [1, 2]) {
          const typed = romajiTyped(head + tail.slice(0, length));
          expect(
            typed === null || romajiKey(kana).startsWith(typed),
            `${head}${tail.slice(0, length)} of ${kana}`,
          ).to.equal(true);
        }
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('romajiNasal', () => {
  it('takes an m at the end for an ん, before each letter that may follow it', () => {
    expect(romajiNasal('shim')).to.deep.equal(['sinb', 'sinm', 'sinp']);
    expect(romajiNasal('きよm')).to.deep.equal(['kiyonb', 'kiyonm', 'kiyonp']);
  });

  it('takes no m for one that begins a word or follows another ん, and nothing else', () => {
    for (const typed of ['m', 'kamiichi m', 'gumm', 'しんm', 'shima', 'tm', '']) {
      expect(romajiNasal(typed), typed).to.deep.equal([]);
    }
  });
});
