/**
 * Syllables of Standard Chinese in pinyin: an initial, then its finals. Source: 現代漢語詞典 (6th
 * ed.), without interjections; v stands for ü.
 */
const FINALS_BY_INITIAL = `
b a o ai ei ao an en ang eng i ie iao ian in ing u
p a o ai ei ao ou an en ang eng i ie iao ian in ing u
m a o e ai ei ao ou an en ang eng i ie iao iu ian in ing u
f a o ei ou an en ang eng u
d a e ai ei ao ou an en ang eng ong i ia ie iao iu ian ing u uo ui uan un
t a e ai ei ao ou an ang eng ong i ie iao ian ing u uo ui uan un
n a e ai ei ao ou an en ang eng ong i ie iao iu ian in iang ing u uo uan un v ve
l a o e ai ei ao ou an ang eng ong i ia ie iao iu ian in iang ing u uo uan un v ve
g a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang
k a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang
h a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang
j i ia ie iao iu ian in iang ing iong u ue uan un
q i ia ie iao iu ian in iang ing iong u ue uan un
x i ia ie iao iu ian in iang ing iong u ue uan un
zh i a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang
ch i a e ai ao ou an en ang eng ong u ua uo uai ui uan un uang
sh i a e ai ei ao ou an en ang eng u ua uo uai ui uan un uang
r i e ao ou an en ang eng ong u ua uo ui uan un
z i a e ai ei ao ou an en ang eng ong u uo ui uan un
c i a e ai ao ou an en ang eng ong u uo ui uan un
s i a e ai ao ou an en ang eng ong u uo ui uan un
y i a o e ao ou an in ang ing ong u ue uan un
w u a o ai ei an en ang eng
- a o e ai ei ao ou an en ang eng er`;

const ZHUYIN_INITIALS: Record<string, string> = {
  b: 'ㄅ', p: 'ㄆ', m: 'ㄇ', f: 'ㄈ', d: 'ㄉ', t: 'ㄊ', n: 'ㄋ', l: 'ㄌ', g: 'ㄍ', k: 'ㄎ', h: 'ㄏ', j: 'ㄐ', q: 'ㄑ', x: 'ㄒ',
  zh: 'ㄓ', ch: 'ㄔ', sh: 'ㄕ', r: 'ㄖ', z: 'ㄗ', c: 'ㄘ', s: 'ㄙ',
}; // prettier-ignore

const ZHUYIN_FINALS: Record<string, string> = {
  a: 'ㄚ', o: 'ㄛ', e: 'ㄜ', ai: 'ㄞ', ei: 'ㄟ', ao: 'ㄠ', ou: 'ㄡ', an: 'ㄢ', en: 'ㄣ', ang: 'ㄤ', eng: 'ㄥ', er: 'ㄦ', ong: 'ㄨㄥ',
  i: 'ㄧ', ia: 'ㄧㄚ', io: 'ㄧㄛ', ie: 'ㄧㄝ', iao: 'ㄧㄠ', iu: 'ㄧㄡ', ian: 'ㄧㄢ', in: 'ㄧㄣ', iang: 'ㄧㄤ', ing: 'ㄧㄥ', iong: 'ㄩㄥ',
  u: 'ㄨ', ua: 'ㄨㄚ', uo: 'ㄨㄛ', uai: 'ㄨㄞ', ui: 'ㄨㄟ', uan: 'ㄨㄢ', un: 'ㄨㄣ', uang: 'ㄨㄤ', ueng: 'ㄨㄥ',
  v: 'ㄩ', ve: 'ㄩㄝ', van: 'ㄩㄢ', vn: 'ㄩㄣ',
}; // prettier-ignore

/** Finals that are spelled with y and w. */
const SPELLED_OUT: Record<string, string> = {
  yi: 'i', ya: 'ia', yo: 'io', ye: 'ie', yao: 'iao', you: 'iu', yan: 'ian', yin: 'in', yang: 'iang', ying: 'ing', yong: 'iong',
  yu: 'v', yue: 've', yuan: 'van', yun: 'vn',
  wu: 'u', wa: 'ua', wo: 'uo', wai: 'uai', wei: 'ui', wan: 'uan', wen: 'un', wang: 'uang', weng: 'ueng',
}; // prettier-ignore

function zhuyinOf(initial: string, final: string): string {
  const spelled = SPELLED_OUT[initial + final];
  if (spelled !== undefined) return ZHUYIN_FINALS[spelled] ?? '';
  const first = ZHUYIN_INITIALS[initial] ?? '';
  if (final === 'i' && /^([zcs]h?|r)$/.test(initial)) return first;
  const rounded = /^[jqx]$/.test(initial) ? final.replace(/^u/, 'v') : final;
  return first + (ZHUYIN_FINALS[rounded] ?? '');
}

/** Pinyin syllables without tones (v for ü), with their zhuyin. */
export const ZHUYIN_BY_PINYIN: ReadonlyMap<string, string> = new Map(
  FINALS_BY_INITIAL.trim()
    .split('\n')
    .flatMap((line) => {
      const [head = '', ...finals] = line.split(' ');
      const initial = head === '-' ? '' : head;
      return finals.map((final): [string, string] => [initial + final, zhuyinOf(initial, final)]);
    }),
);

function beginnings(syllables: Iterable<string>): Set<string> {
  const found = new Set<string>();
  for (const syllable of syllables) {
    for (let length = 1; length <= syllable.length; length++) found.add(syllable.slice(0, length));
  }
  return found;
}

/** Every beginning of a pinyin syllable, including complete ones. */
export const PINYIN_BEGINNINGS: ReadonlySet<string> = beginnings(ZHUYIN_BY_PINYIN.keys());

/** Zhuyin syllables without tones. */
export const ZHUYIN_SYLLABLES: ReadonlySet<string> = new Set(ZHUYIN_BY_PINYIN.values());

/** Every beginning of a zhuyin syllable, including complete ones. */
export const ZHUYIN_BEGINNINGS: ReadonlySet<string> = beginnings(ZHUYIN_SYLLABLES);
