import { fold } from './fold.ts';
import { POSTAL_SPELLINGS } from './postal-spellings.ts';
import { ZHUYIN_BY_PINYIN } from './syllables.ts';

/**
 * How a romanisation writes a syllable: its initials; finals after an initial and, under `alone`, without one; and
 * whole syllables that it writes in its own way. Anything not listed is written as in pinyin.
 *
 * Letters only: keys leave out marks (ch'ü), hyphens and tones, as people do.
 */
interface Scheme {
  initials: Readonly<Record<string, string>>;
  finals: Readonly<Record<string, string>>;
  alone: Readonly<Record<string, string>>;
  syllables: Readonly<Record<string, string>>;
}

/** Pairs of pinyin and spelling. */
function pairs(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const pair of text.trim().split(/\s+/)) {
    const [from = '', to = ''] = pair.split('=');
    found[from] = to;
  }
  return found;
}

const WADE_GILES: Scheme = {
  initials: pairs('b=p d=t g=k j=ch q=ch x=hs zh=ch r=j z=ts c=ts'),
  finals: pairs('ie=ieh ve=ueh ian=ien ong=ung iong=iung uo=o v=u van=uan vn=un'),
  alone: pairs(
    'a=a i=i ia=ya io=yo ie=yeh iao=yao iu=yu ian=yen in=yin iang=yang ing=ying iong=yung u=wu ua=wa uo=wo uai=wai ' +
      'ui=wei uan=wan un=wen uang=wang ueng=weng v=yu ve=yueh van=yuan vn=yun e=o',
  ),
  syllables: pairs(
    'zhi=chih chi=chih shi=shih ri=jih zi=tzu ci=tzu si=ssu er=erh ge=ko ke=ko he=ho ' +
      'guo=kuo kuo=kuo huo=huo shuo=shuo gui=kuei kui=kuei',
  ),
};

/** Wade-Giles as passports and signs write it: yi, szu and you. */
const WADE_GILES_IN_USE: Scheme = {
  ...WADE_GILES,
  alone: { ...WADE_GILES.alone, i: 'yi', iu: 'you', e: 'e' },
  syllables: { ...WADE_GILES.syllables, si: 'szu' },
};

const ALONE_AS_PINYIN = pairs(
  'i=yi ia=ya io=yo ie=ye iao=yao iu=you ian=yan in=yin iang=yang ing=ying iong=yong u=wu ua=wa uo=wo uai=wai ui=wei ' +
    'uan=wan un=wen uang=wang ueng=weng v=yu ve=yue van=yuan vn=yun',
);

const TONGYONG: Scheme = {
  initials: pairs('zh=jh q=c x=s'),
  finals: pairs('iu=iou ui=uei v=yu ve=yue van=yuan vn=yun iong=yong'),
  alone: { ...ALONE_AS_PINYIN, un: 'wun', ueng: 'wong' },
  syllables: pairs('zhi=jhih chi=chih shi=shih ri=rih zi=zih ci=cih si=sih feng=fong'),
};

const MPS_II: Scheme = {
  initials: pairs('zh=j q=ch x=sh z=tz c=ts'),
  finals: pairs('ao=au iao=iau iu=iou ui=uei un=uen ong=ung iong=iung v=iu ve=iue van=iuan vn=iun'),
  alone: { ...ALONE_AS_PINYIN, ao: 'au', iao: 'yau', iong: 'yung' },
  syllables: pairs('zhi=jr chi=chr shi=shr ri=r zi=tz ci=tsz si=sz'),
};

/**
 * The romanisations of Taiwan other than pinyin.
 *
 * Sources: Wade-Giles as in Giles, A Chinese-English Dictionary (1912), and in the table that Taiwan's passport office
 * publishes; Tongyong as decreed by Taiwan's Ministry of Education in 2002; MPS II (國語注音符號第二式) as decreed in
 * 1986. Yale was never used for places there.
 */
const SCHEMES: readonly Scheme[] = [WADE_GILES, WADE_GILES_IN_USE, TONGYONG, MPS_II];
/** Outside Taiwan, only Wade-Giles was in use. */
const SCHEMES_BY_COUNTRY: Readonly<Partial<Record<string, number>>> = {
  TW: 4,
  CN: 2,
  HK: 2,
  MO: 2,
};

/** Finals that pinyin writes with y and w. */
const FINAL_OF_ALONE = new Map(
  Object.entries(ALONE_AS_PINYIN).map(([final, alone]) => [alone, final]),
);

function spellBy({ initials, finals, alone, syllables }: Scheme, syllable: string): string {
  const whole = syllables[syllable];
  if (whole !== undefined) return whole;
  const initial = /^(?:[zcs]h|[bpmfdtnlgkhjqxrzcs])/.exec(syllable)?.[0] ?? '';
  if (initial === '') {
    const final = FINAL_OF_ALONE.get(syllable) ?? syllable;
    return alone[final] ?? final;
  }
  let final = syllable.slice(initial.length);
  if ('jqx'.includes(initial)) final = final.replace(/^u/, 'v');
  const spelled = finals[final] ?? final;
  return (initials[initial] ?? initial) + spelled;
}

/** Spellings of every pinyin syllable, by scheme. */
const SPELLED: readonly ReadonlyMap<string, string>[] = SCHEMES.map(
  (scheme) =>
    new Map(
      Array.from(ZHUYIN_BY_PINYIN.keys(), (syllable) => [syllable, spellBy(scheme, syllable)]),
    ),
);

/** Whole syllables and their beginnings, by scheme. */
const TYPED = SPELLED.map((spelled) => {
  const whole = new Set(spelled.values());
  const begun = new Set<string>();
  for (const syllable of whole) {
    for (let length = 1; length <= syllable.length; length++) begun.add(syllable.slice(0, length));
  }
  return { whole, begun };
});

/** Longest syllable of any scheme: chuang, shuang, jhuang. */
const LONGEST = 6;

/**
 * The keys of a name in the romanisations of Taiwan: Wade-Giles, Tongyong, MPS II and the spellings of the postal
 * map, without marks and spaces.
 *
 * @param pinyin - As `pinyinOf` returns it.
 * @param key - `fold` of the name.
 * @param country - ISO code of the place's country. TW: all of them; CN, HK and MO: Wade-Giles and postal spellings.
 * @returns Without duplicates and pinyin spellings; `[]` elsewhere, and for names with more than Han and digits.
 * @example
 * taiwanSpellings('zhong1 li4', '中坜', 'TW'); // => ['chungli', 'jhongli', 'jungli']
 */
export function taiwanSpellings(
  pinyin: string,
  key: string,
  country: string | undefined,
): string[] {
  const schemes = SCHEMES_BY_COUNTRY[country ?? ''] ?? 0;
  if (schemes === 0) return [];
  const syllables = pinyin.split(' ').map((item) => item.replace(/(?<=[a-z])[1-5]$/, ''));
  const isRead = (item: string): boolean => ZHUYIN_BY_PINYIN.has(item) || /^\d$/.test(item);
  if (pinyin === '' || !syllables.every(isRead)) return [];
  const found = new Set<string>();
  for (const spelled of SPELLED.slice(0, schemes)) {
    found.add(syllables.map((syllable) => spelled.get(syllable) ?? syllable).join(''));
  }
  const characters = Array.from(key);
  for (let length = Math.min(characters.length, POSTAL_LONGEST); length >= 2; length--) {
    const stems = POSTAL.get(characters.slice(0, length).join(''));
    if (!stems) continue;
    const rest = syllables.slice(length);
    for (const stem of stems) {
      found.add(stem + rest.map((syllable) => SPELLED[0]!.get(syllable) ?? syllable).join(''));
    }
    break;
  }
  found.delete(syllables.join('').replaceAll('v', 'u'));
  return [...found];
}

const POSTAL: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(POSTAL_SPELLINGS).map(([name, spellings]) => [fold(name), spellings.split(' ')]),
);
const POSTAL_LONGEST = Math.max(...Array.from(POSTAL.keys(), (name) => Array.from(name).length));
const POSTAL_BEGINNINGS = new Set(
  Array.from(POSTAL.values()).flatMap((spellings) =>
    spellings.flatMap((spelling) =>
      Array.from({ length: spelling.length }, (_, i) => spelling.slice(0, i + 1)),
    ),
  ),
);
const POSTAL_WHOLE: readonly string[] = Array.from(POSTAL.values()).flat();

/**
 * Converts typed letters to a prefix of a key of `taiwanSpellings`.
 *
 * @param typed - Latin letters; marks, apostrophes, hyphens, spaces and tone digits are ignored.
 * @returns Null if the letters are not syllables of one of the romanisations, optionally followed by the beginning of
 *   one; also for a single letter, which matches too much.
 * @example
 * taiwanTyped("Hsin-tien"); // => 'hsintien'
 * taiwanTyped('london'); // => null
 */
export function taiwanTyped(typed: string): string | null {
  const letters = fold(typed)
    .replace(/([a-z])[1-5](?!\d)/g, '$1')
    .replaceAll(' ', '');
  if (letters.length < 2 || !/^[a-z\d]*$/.test(letters) || !/[a-z]/.test(letters)) return null;
  if (POSTAL_BEGINNINGS.has(letters) || TYPED.some((scheme) => reads(letters, 0, scheme))) {
    return letters;
  }
  const isPostal = POSTAL_WHOLE.some(
    (stem) => letters.startsWith(stem) && reads(letters, stem.length, TYPED[0]!),
  );
  return isPostal ? letters : null;
}

function reads(letters: string, start: number, { whole, begun }: (typeof TYPED)[number]): boolean {
  const reached = new Array<boolean>(letters.length + 1).fill(false);
  reached[start] = true;
  for (let from = start; from < letters.length; from++) {
    if (!reached[from]) continue;
    if (/\d/.test(letters[from]!)) reached[from + 1] = true;
    for (let length = 1; length <= LONGEST && from + length <= letters.length; length++) {
      const part = letters.slice(from, from + length);
      if (from + length === letters.length && begun.has(part)) return true;
      if (whole.has(part)) reached[from + length] = true;
    }
  }
  return reached[letters.length] ?? false;
}
