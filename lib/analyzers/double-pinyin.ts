import { ZHUYIN_BY_PINYIN } from './syllables.ts';

/** Layouts of double pinyin (双拼), in which every syllable takes two keys. */
export const DOUBLE_PINYIN_LAYOUTS = ['xiaohe', 'microsoft', 'ziranma', 'sogou', 'abc'] as const;

/** See `DOUBLE_PINYIN_LAYOUTS`. */
export type DoublePinyinLayout = (typeof DOUBLE_PINYIN_LAYOUTS)[number];

interface Layout {
  /** Keys of zh, ch and sh; every other initial is its own key. */
  initials: Readonly<Record<string, string>>;
  /** Finals of each key; the initial decides which of them is meant. */
  finals: Readonly<Record<string, string>>;
  /** Key before the final of a syllable without an initial. Default: the first letter of the final. */
  zero?: string;
}

function finalsOf(text: string): Record<string, string> {
  return Object.fromEntries(text.split(' ').map((entry) => entry.split('=') as [string, string]));
}

const COMMON = 'q=iu e=e t=ue,ve u=u i=i o=uo,o a=a s=ong,iong f=en g=eng h=ang j=an ';
const MICROSOFT_LIKE =
  COMMON +
  'w=ia,ua r=uan,er y=uai,v p=un d=iang,uang k=ao l=ai ;=ing z=ei x=ie c=iao b=ou n=in m=ian ';

/**
 * Source: the layout tables of the input methods themselves, as Rime's schemata double_pinyin (自然码), _flypy (小鹤),
 * _mspy (微软) and _abc (智能ABC) and Sogou's help pages publish them.
 */
const LAYOUTS: Readonly<Record<DoublePinyinLayout, Layout>> = {
  xiaohe: {
    initials: { v: 'zh', i: 'ch', u: 'sh' },
    finals: finalsOf(
      COMMON +
        'w=ei r=uan y=un p=ie d=ai k=ing,uai l=iang,uang z=ou x=ia,ua c=ao v=ui,v b=in n=iao m=ian',
    ),
  },
  microsoft: {
    initials: { v: 'zh', i: 'ch', u: 'sh' },
    finals: finalsOf(MICROSOFT_LIKE + 'v=ui,ve'),
    zero: 'o',
  },
  ziranma: {
    initials: { v: 'zh', i: 'ch', u: 'sh' },
    finals: finalsOf(
      COMMON +
        'w=ia,ua r=uan y=ing,uai p=un d=iang,uang k=ao l=ai z=ei x=ie c=iao v=ui,v b=ou n=in m=ian',
    ),
  },
  sogou: {
    initials: { v: 'zh', i: 'ch', u: 'sh' },
    finals: finalsOf(MICROSOFT_LIKE + 'v=ui'),
    zero: 'o',
  },
  abc: {
    initials: { a: 'zh', e: 'ch', v: 'sh' },
    finals: finalsOf(
      'q=ei w=ian e=e r=er,iu t=iang,uang y=ing u=u i=i o=uo,o p=uan a=a s=ong,iong d=ia,ua f=en g=eng h=ang j=an k=ao ' +
        'l=ai z=iao x=ie c=in,uai v=v b=ou n=un m=ui,ue,ve',
    ),
    zero: 'o',
  },
};

/** Letters of pinyin that begin a syllable. */
const INITIAL = /^[bpmfdtnlgkhjqxrzcsyw]$/;

function syllableOf(
  first: string,
  second: string,
  { initials, finals, zero }: Layout,
): string | null {
  const options = finals[second]?.split(',') ?? [];
  if (first === zero || (zero === undefined && /[aeo]/.test(first))) {
    // If the layout has no `zero` key: aa is a, an is an, and ah is ang.
    const own =
      zero === undefined ? [first === second ? first : first + second, ...options] : options;
    const found = own.find(
      (final) =>
        /^[aeo]/.test(final) &&
        (zero !== undefined || final.startsWith(first)) &&
        ZHUYIN_BY_PINYIN.has(final),
    );
    return found ?? null;
  }
  const initial = initials[first] ?? (INITIAL.test(first) ? first : null);
  if (initial === null) return null;
  const spelled = options.map((final) => initial + final);
  // ju may be typed as jü.
  if (/^[jqxy]$/.test(initial) && options.includes('v')) spelled.push(`${initial}u`);
  return spelled.find((syllable) => ZHUYIN_BY_PINYIN.has(syllable)) ?? null;
}

/**
 * Converts double pinyin, typed as two keys per syllable, to pinyin.
 *
 * @param typed - Letters, and the semicolon of the layouts that have it; other words stay as they are.
 * @param name - The layout.
 * @returns The text in pinyin. A single key at the end of a word becomes the beginning of a syllable. Null if any word
 *   in letters is not double pinyin, or there is no such word.
 * @example
 * doublePinyinToPinyin('bwjk', 'xiaohe'); // => 'beijing'
 */
export function doublePinyinToPinyin(typed: string, name: DoublePinyinLayout): string | null {
  const layout = LAYOUTS[name];
  let isRead = false;
  let text = '';
  for (const part of typed.toLowerCase().split(/([a-z;]+)/)) {
    if (!/^[a-z;]+$/.test(part)) {
      text += part;
      continue;
    }
    for (let at = 0; at < part.length; at += 2) {
      const [first = '', second] = part.slice(at, at + 2);
      if (second === undefined) {
        const isVowel = /[aeo]/.test(first) && layout.initials[first] === undefined;
        const begun = layout.initials[first] ?? (INITIAL.test(first) || isVowel ? first : null);
        if (begun === null) return null;
        text += first === layout.zero ? '' : begun;
      } else {
        const syllable = syllableOf(first, second, layout);
        if (syllable === null) return null;
        text += syllable;
      }
    }
    isRead = true;
  }
  return isRead ? text : null;
}
