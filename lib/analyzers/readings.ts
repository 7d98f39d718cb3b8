// Readings of names and what is typed of them, one import for callers.
export { initialsKey, pinyinKey, pinyinOf, pinyinTyped } from './pinyin.ts';
export { romajiKey, romajiTyped } from './romaji.ts';
export { dachenToZhuyin, zhuyinKey, zhuyinToned, zhuyinTyped } from './zhuyin.ts';
