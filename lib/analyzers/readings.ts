// Readings of names and typed prefixes of them, as one import for callers.
export { choseongKey, choseongTyped } from './hangul.ts';
export { jyutpingKey, localTyped } from './jyutping.ts';
export { otherModes } from './keyboards.ts';
export {
  commonPinyinOf,
  initialsKey,
  pinyinForms,
  pinyinKey,
  pinyinLetters,
  pinyinOf,
  pinyinTyped,
  spelledPinyinOf,
  umlautAgrees,
} from './pinyin.ts';
export { romajiKey, romajiTyped } from './romaji.ts';
export { taiwanSpellings } from './taiwan-spellings.ts';
export { dachenToZhuyin, zhuyinKey, zhuyinToned, zhuyinTyped } from './zhuyin.ts';
