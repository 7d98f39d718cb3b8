// Readings of names and their typed beginnings, as one import for callers.
export { initialsKey, pinyinKey, pinyinOf, pinyinTyped } from './pinyin.ts';
export { romajiKey, romajiTyped } from './romaji.ts';
export { dachenToZhuyin, zhuyinKey, zhuyinToned, zhuyinTyped } from './zhuyin.ts';
