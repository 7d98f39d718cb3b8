import { expect } from 'chai';
import fc from 'fast-check';
import { toRomaji } from 'wanakana';
import { romajiKey, romajiKeys, romajiNasal, romajiTyped } from '../../lib/analyzers/romaji.ts';
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

/** Foreign sounds with their spellings: the modified Hepburn of station signs, what input methods take, or both. */
const SOUNDS: Readonly<Record<string, readonly string[]>> = {
  ...{
    ファ: ['fa'],
    フィ: ['fi'],
    フェ: ['fe'],
    フォ: ['fo'],
    フュ: ['fyu'],
    ティ: ['ti'],
    ディ: ['di'],
  },
  ...{ トゥ: ['tu'], ドゥ: ['du'], ウィ: ['wi', 'ui'], ウェ: ['we', 'ue'], ウォ: ['wo', 'uo'] },
  ...{
    チェ: ['che', 'tye'],
    シェ: ['she', 'sye'],
    ジェ: ['je', 'zye'],
    ツァ: ['tsa'],
    ツェ: ['tse'],
    ツォ: ['tso'],
  },
  ...{
    クァ: ['kwa'],
    クィ: ['kwi'],
    クェ: ['kwe'],
    グァ: ['gwa'],
    ヴァ: ['va', 'ba'],
    ヴィ: ['vi', 'bi'],
    ヴェ: ['ve'],
  },
  ...{ デュ: ['dyu'], テュ: ['tyu'], スィ: ['si'], ズィ: ['zi'] },
};

describe('romajiKeys', () => {
  const plain = fc.constantFrom('カ', 'ラ', 'ビ', 'ネ', 'ソ', 'ン', 'リ');
  const part = fc.oneof(
    plain.map((kana) => ({ kana, typed: toRomaji(kana), spoken: toRomaji(kana) })),
    fc
      .constantFrom(...Object.keys(SOUNDS))
      .chain((kana) =>
        fc.constantFrom(...SOUNDS[kana]!).map((typed) => ({ kana, typed, spoken: typed })),
      ),
    fc.integer({ min: 1, max: 9 }).map((n) => {
      const spoken = ['ichi', 'ni', 'san', 'yon', 'go', 'roku', 'nana', 'hachi', 'kyuu'][n - 1]!;
      return { kana: `ラ${n}ビ`, typed: `ra${n}bi`, spoken: `ra${spoken}bi` };
    }),
  );
  const begins = (typed: string, kana: string): void => {
    const prefix = romajiTyped(typed);
    expect(prefix, `${typed} of ${kana}`).to.be.a('string');
    const keys = romajiKeys(kana);
    expect(
      keys.some((key) => key.startsWith(prefix!)),
      `${typed}: ${prefix} of ${keys.join()}`,
    ).to.equal(true);
  };

  it('are begun by names with numbers and foreign sounds, in the letters of either kind of spelling', () => {
    // One sound of two spellings a name: keys are those of all sounds in letters, or of none.
    const name = fc.array(part, { minLength: 1, maxLength: 5 }).filter((parts) => {
      const inKana = parts.filter(({ typed }) => /^[uw]/.test(typed));
      return inKana.every(({ typed }) => typed.startsWith('w'));
    });
    fc.assert(
      fc.property(name, (parts) => {
        const kana = parts.map((one) => one.kana).join('');
        begins(parts.map((one) => one.typed).join(''), kana);
        begins(parts.map((one) => one.spoken).join(''), kana);
      }),
      { numRuns: runs(500) },
    );
  });

  it('are begun by every beginning of the name in kana', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const kana = parts.map((one) => one.kana).join('');
        for (let length = 1; length <= kana.length; length++) {
          // Half of ヴァ is ヴ, which is bu; there the name itself is what kana begin.
          if (!/^ヴ[ァィェ]/.test(kana.slice(length - 1))) begins(kana.slice(0, length), kana);
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it('are one where a reading has neither, and eight at the most', () => {
    expect(romajiKeys('しんじゅく')).to.deep.equal(['sinziyuku']);
    expect(romajiKeys('だい2びる')).to.deep.equal(['dai2biru', 'dainibiru']);
    expect(romajiKeys('かふぇ')).to.deep.equal(['kahue']);
    expect(romajiKeys('でぃずにー')).to.deep.equal(['deizuni', 'zizuni']);
    expect(romajiKeys('うぃず12')).to.have.lengthOf(4);
    expect(romajiKeys('びる109')).to.deep.equal([
      'biru109',
      'biruhiyakukiyu',
      'biruitimarukiyu',
      'biruitizerokiyu',
    ]);
    expect(romajiKeys('びる860')).to.include(romajiKey('びるはっぴゃくろくじゅう'));
    expect(romajiKeys('びる12345')).to.deep.equal(['biru12345']);
  });
});

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
