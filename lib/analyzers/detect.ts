import { type Chinese, type ChinesePackage, loadChinese } from './chinese.ts';
import { clauseOf, type Reason, type Verdict, zhVariantOf } from './clauses.ts';
import { fold } from './fold.ts';
import { type Japanese, loadJapanese } from './japanese.ts';
import { scriptsOf } from './script.ts';
import { isChineseWord, isJapaneseWord, tokensVerdict } from './tokens.ts';
import { toTraditional } from './variants.ts';

/** The language of a name and what it is good for. */
export interface Detection {
  /** The name as given, lone surrogates replaced. */
  name: string;
  /** `both` only where a hint says so; `other`: neither Chinese nor Japanese; `und`: nothing to go by. */
  language: 'zh' | 'ja' | 'both' | 'other' | 'und';
  /** Share of right answers among names decided in the same way, 0..1; 0 for `und`. */
  confidence: number;
  script: { han: boolean; kana: boolean; hangul: boolean; latin: boolean };
  /** The script of a Chinese name; null where both write it alike, or the name is not Chinese. */
  zhVariant: 'Hant' | 'Hans' | null;
  /** Confidence is below the threshold: index the name as both languages. */
  ambiguous: boolean;
  /** Also a Chinese word or well-known name, whatever `language` is. */
  alsoZh: boolean;
  /** Also one word of the Japanese dictionary, whatever `language` is. */
  alsoJa: boolean;
  /** Traditional Chinese form of a Japanese name that is also Chinese, for search and not for display; else null. */
  zhForm: string | null;
  /** The clause that decided. */
  reason: Reason;
}

/** What is known of a name besides its characters. */
export interface DetectOptions {
  /** country: ISO code of where the place lies. names: other names of the same place, by language. */
  hint?: { country?: string; names?: Record<string, string> };
  /** Confidence under which a name is `ambiguous`, 0..1, default 0.8. */
  threshold?: number;
}

/** A detector with its dictionaries in memory. */
export interface Detector {
  detect: (name: string, options?: DetectOptions) => Detection;
}

interface Dictionaries {
  chinese: Chinese;
  japanese: Japanese;
}

const DEFAULT_THRESHOLD = 0.8;
const CHINESE_COUNTRIES = new Set(['TW', 'CN', 'HK', 'MO', 'SG']);

function scriptOf(name: string): Detection['script'] {
  const scripts = scriptsOf(name);
  const has = (script: 'han' | 'kana' | 'hangul' | 'latin'): boolean => scripts.has(script);
  return { han: has('han'), kana: has('kana'), hangul: has('hangul'), latin: has('latin') };
}

/** A name is in the languages whose stated names equal it, where not all of them do. */
function hintedByNames(
  name: string,
  names: Record<string, string> | undefined,
): Detection['language'] | null {
  const equal = Object.entries(names ?? {}).filter(
    ([, text]) => text.normalize('NFC') === name.normalize('NFC'),
  );
  const zh = equal.some(([language]) => /^zh\b/i.test(language));
  const ja = equal.some(([language]) => /^ja\b/i.test(language));
  return zh && ja ? 'both' : zh ? 'zh' : ja ? 'ja' : null;
}

/** Where a name lies outweighs everything but characters that only one language has. */
function hintedByCountry(country: string | undefined, clause: Verdict | null): Verdict | null {
  const code = country?.toUpperCase();
  if (clause !== null && clause.reason !== 'old-form') return null;
  if (code === 'JP') return { language: 'ja', confidence: 0.97, reason: 'hint-country' };
  if (code !== undefined && CHINESE_COUNTRIES.has(code)) {
    return { language: 'zh', confidence: 0.97, reason: 'hint-country' };
  }
  return null;
}

/** Everything that needs no dictionary; `undecided` asks for one. */
function judge(
  given: string,
  options: DetectOptions,
): { detection: Detection; undecided: boolean; wordCheck: boolean } {
  const name = given.toWellFormed();
  const detection: Detection = {
    name,
    language: 'und',
    confidence: 0,
    script: scriptOf(name),
    zhVariant: null,
    ambiguous: false,
    alsoZh: false,
    alsoJa: false,
    zhForm: null,
    reason: 'empty',
  };
  const settle = (verdict: Pick<Detection, 'language' | 'confidence' | 'reason'>): Detection =>
    Object.assign(detection, verdict);
  const { han, kana, hangul } = detection.script;
  const result = (wordCheck = false, undecided = false) => ({ detection, undecided, wordCheck });

  if (hangul || (!han && !kana)) {
    if (/\p{Script=Bopomofo}/u.test(name) && !hangul) {
      settle({ language: 'zh', confidence: 0.999, reason: 'bopomofo' });
    } else if (/\p{L}/u.test(name)) {
      settle({ language: 'other', confidence: 0.99, reason: 'other-script' });
    }
    return result();
  }
  const clause = clauseOf(name, kana);
  const byNames = hintedByNames(name, options.hint?.names);
  const verdict = hintedByCountry(options.hint?.country, clause) ?? clause;
  if (byNames !== null) settle({ language: byNames, confidence: 0.99, reason: 'hint-names' });
  else if (verdict !== null) settle(verdict);
  const sureChinese = clause?.reason === 'outside-jis';
  const wordCheck = han && !kana && !sureChinese;
  return result(wordCheck, byNames === null && verdict === null);
}

function finish(detection: Detection, options: DetectOptions): Detection {
  if (detection.language === 'zh' || detection.language === 'both') {
    detection.zhVariant = zhVariantOf(detection.name);
  }
  detection.ambiguous =
    detection.language !== 'und' && detection.confidence < (options.threshold ?? DEFAULT_THRESHOLD);
  return detection;
}

function consult(
  { detection, undecided, wordCheck }: ReturnType<typeof judge>,
  { chinese, japanese }: Dictionaries,
): void {
  const { name } = detection;
  if (undecided) Object.assign(detection, tokensVerdict(name, chinese, japanese));
  if (!wordCheck) return;
  const key = fold(name);
  const hanOnly = /^\p{Script=Han}+$/u.test(key);
  detection.alsoZh = hanOnly && isChineseWord(key, chinese);
  detection.alsoJa = isJapaneseWord(name, japanese);
  if (detection.alsoZh && detection.language === 'ja') detection.zhForm = toTraditional(name);
}

/**
 * Loads a detector that answers at once: both dictionaries, about 1.2 s and 350 MB with @node-rs/jieba.
 *
 * @param options - prefer: the jieba package to try first, default `@node-rs/jieba`, as it loads in a tenth of the time.
 * @throws {MissingDependencyError} `MISSING_DEPENDENCY` when a dictionary can't be loaded.
 * @example
 * (await loadDetector()).detect('清水寺').language; // => 'ja'
 */
export async function loadDetector(options: { prefer?: ChinesePackage } = {}): Promise<Detector> {
  const prefer = options.prefer ?? '@node-rs/jieba';
  const [chinese, japanese] = await Promise.all([loadChinese({ prefer }), loadJapanese()]);
  return {
    detect(name, options = {}) {
      const judged = judge(name, options);
      consult(judged, { chinese, japanese });
      return finish(judged.detection, options);
    },
  };
}

/**
 * The language of a short name: Chinese, Japanese or neither.
 *
 * Sure signs come first (a stated name, kana, characters that one language lacks), then the country, then the count of
 * words in both dictionaries, which load on the first name that needs them. Names under the threshold are a guess:
 * index them as both.
 *
 * @param name - A name of a place, shop or person. Empty or without letters is `und`, never an error.
 * @param options - hint: what else is known. threshold: 0..1, default 0.8.
 * @throws {MissingDependencyError} `MISSING_DEPENDENCY` when a dictionary is needed and can't be loaded.
 * @example
 * (await detectLanguage('東京タワー')).language; // => 'ja'
 */
export async function detectLanguage(
  name: string,
  options: DetectOptions = {},
): Promise<Detection> {
  const judged = judge(name, options);
  if (judged.undecided || judged.wordCheck) {
    return (await loadDetector()).detect(name, options);
  }
  return finish(judged.detection, options);
}
