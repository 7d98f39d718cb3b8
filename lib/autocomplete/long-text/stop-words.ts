import { fold } from '../../analyzers/fold.ts';

// Words that are in nearly every text and say nothing of what it is about: particles, pronouns, auxiliaries,
// conjunctions. Kept short on purpose: what is rare enough weighs little by itself.

const CHINESE =
  '的 了 是 在 和 與 及 也 都 就 而 或 但 並 被 把 讓 給 對 從 到 於 之 其 此 這 那 這個 那個 這些 那些 我 你 您 他 她 它 我們 你們 他們 自己 ' +
  '一個 一種 有 沒有 不 很 更 最 會 能 可以 要 去 來 上 下 中 裡 著 過 地 得 嗎 呢 吧 啊 什麼 怎麼 因為 所以 如果 雖然 以及 等 等等';
const JAPANESE =
  'の に は を が で と も へ や か から まで より など この その あの どの これ それ あれ どれ ここ そこ あそこ する した して し され さ れ れる られる せる させる ' +
  'いる い ある あっ あり なる なっ なり です でし だ だっ な ます まし た て ない なく なかっ う よう こと もの ため ところ ので のに けど ば たり ながら ね よ ん';
const ENGLISH =
  'a an and are as at be been but by for from had has have he her his i in into is it its me my no not of on or our she so that the their them then there these they this to was we were which who will with you your';
const KOREAN = '은 는 이 가 을 를 의 에 와 과 도 로 으로 그 저 것 수 등 및';

const WORDS: ReadonlySet<string> = new Set(
  [CHINESE, JAPANESE, ENGLISH, KOREAN].flatMap((list) => list.split(' ')).map(fold),
);

const ONE_KANA = /^\p{Script=Hiragana}$/u;

/**
 * Whether a folded word says nothing about the subject of a text. A single kana is grammar, or
 * half a word.
 */
export function isStopWord(word: string): boolean {
  return WORDS.has(word) || ONE_KANA.test(word);
}
