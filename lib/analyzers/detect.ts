import { OPTION_INVALID, settle, type Spec } from '../options.ts';
import { isHan } from './characters.ts';
import { CHINESE_SPEC, type ChinesePackage, loadChinese } from './chinese.ts';
import {
  clauseOf,
  hasVariation,
  type Reason,
  type Verdict,
  withoutQuotedKana,
  withoutSelectors,
  zhVariantOf,
} from './clauses.ts';
import { fold } from './fold.ts';
import { HINT_SPEC, hinted, type NameHint } from './hints.ts';
import { loadJapanese } from './japanese.ts';
import { shippedModel } from './language-model.ts';
import { scriptsOf } from './script.ts';
import {
  type Dictionaries,
  dictionarySignals,
  isChineseWord,
  isJapaneseWord,
  isSharedName,
} from './tokens.ts';
import { toTraditional } from './variants.ts';

const BOPOMOFO = /\p{Script=Bopomofo}/u;

/** The language of a name, and what follows for indexing it. */
export interface Detection {
  /** The name as given, with lone surrogates replaced. */
  name: string;
  /**
   * `both`: used in both languages, according to a hint or to both dictionaries; `other`: neither
   * Chinese nor Japanese; `und`: unknown, since the name has no letters.
   */
  language: 'zh' | 'ja' | 'both' | 'other' | 'und';
  /**
   * Probability that `language` is right, 0..1, calibrated for equally many Chinese and Japanese
   * names; 0 for `und`. If the dictionaries led to `both`: that of the likelier language.
   */
  confidence: number;
  script: { han: boolean; kana: boolean; hangul: boolean; latin: boolean };
  /**
   * The script of a Chinese name, `Hant-HK` with forms of Hong Kong's standard (衞生署); null if both scripts write it
   * alike, or the name is not Chinese. `zh-${zhVariant}` is a language tag.
   */
  zhVariant: 'Hant' | 'Hant-HK' | 'Hans' | null;
  /** Whether the confidence is below the threshold: then index the name as both languages. */
  ambiguous: boolean;
  /** Whether it is also a Chinese word or well-known name, whatever `language` is. */
  alsoZh: boolean;
  /** Whether it is also one word of the Japanese dictionary, whatever `language` is. */
  alsoJa: boolean;
  /**
   * Traditional Chinese form of a Japanese name that is also Chinese, for search, not for display;
   * else null.
   */
  zhForm: string | null;
  /** The rule that decided. */
  reason: Reason;
}

/** Options of a detection. */
export interface DetectOptions {
  /**
   * What the record states: language of the name, country and other names of the place. What is stated is obeyed; only
   * kana and bopomofo outside of quotation marks overrule a language or a country.
   */
  hint?: NameHint;
  /** Confidence below which a name is `ambiguous`, 0..1. Default 0.8. */
  threshold?: number;
  /**
   * False decides by characters alone, without loading a dictionary; `alsoZh` and `alsoJa` are then
   * false. Default true.
   */
  dictionaries?: boolean;
}

/** A detector that has everything it needs in memory. */
export interface Detector {
  detect: (name: string, options?: DetectOptions) => Detection;
}

/** Options of `detectLanguage`. */
export const DETECT_SPEC: Spec<DetectOptions, 'threshold' | 'dictionaries'> = {
  code: OPTION_INVALID,
  options: {
    hint: { type: 'object', spec: HINT_SPEC, help: 'what else is known of the name' },
    threshold: {
      type: 'number',
      min: 0,
      max: 1,
      default: 0.8,
      help: 'confidence under which a name is `ambiguous`',
    },
    dictionaries: {
      type: 'flag',
      default: true,
      help: 'false: decide by characters alone, at once',
    },
  },
};

/** What a detector loads. */
interface LoadOptions {
  prefer?: ChinesePackage;
  dictionaries?: boolean;
}

/** Options of `loadDetector`. */
export const DETECTOR_SPEC: Spec<LoadOptions, 'prefer' | 'dictionaries'> = {
  code: OPTION_INVALID,
  options: {
    prefer: { ...CHINESE_SPEC.options.prefer, default: '@node-rs/jieba' },
    dictionaries: { type: 'flag', default: true, help: 'false: load no dictionary' },
  },
};

/**
 * Log-odds of the characters beyond which the dictionaries would not change the decision: 98 %
 * right in cross-validation.
 */
const DECIDED_ODDS = 3.9;
/** Largest log-odds that characters may set against a country, and that are reported for any name. */
const MAX_ODDS = 5;
/** Log-odds of a stated country: characters against it leave it at least 95 % sure. */
const COUNTRY_ODDS = 8;
/** Below this confidence, a proper noun that is in both dictionaries counts as `both`. */
const BOTH_CONFIDENCE = 0.6;

function scriptOf(name: string): Detection['script'] {
  if (isHan(name)) return { han: true, kana: false, hangul: false, latin: false };
  const scripts = scriptsOf(name);
  const has = (script: 'han' | 'kana' | 'hangul' | 'latin'): boolean => scripts.has(script);
  return { han: has('han'), kana: has('kana'), hangul: has('hangul'), latin: has('latin') };
}

const capped = (odds: number): number => Math.max(-MAX_ODDS, Math.min(MAX_ODDS, odds));

function verdictOf(
  odds: number,
  reason: Reason,
): Pick<Detection, 'language' | 'confidence' | 'reason'> {
  const held = capped(odds);
  return {
    language: held > 0 ? 'ja' : 'zh',
    confidence: 1 / (1 + Math.exp(-Math.abs(held))),
    reason,
  };
}

/** Log-odds of Japanese that a sure sign stands for. */
function oddsOf({ language, confidence }: Verdict): number {
  const odds = Math.log(confidence / (1 - confidence));
  return language === 'ja' ? odds : -odds;
}

/** The judgement of a name without dictionaries. */
interface Judged {
  detection: Detection;
  /** Score of the first stage and log-odds to add, if the second stage must decide; else null. */
  open: { score: number; prior: number } | null;
  /** Whether `alsoZh` and `alsoJa` must be looked up. */
  wordCheck: boolean;
}

function judge(given: string, options: DetectOptions): Judged {
  const name = given.toWellFormed();
  const text = withoutSelectors(name).normalize('NFC');
  const script = scriptOf(text);
  const detection: Detection = {
    name,
    language: 'und',
    confidence: 0,
    script,
    zhVariant: null,
    ambiguous: false,
    alsoZh: false,
    alsoJa: false,
    zhForm: null,
    reason: 'empty',
  };
  const settle = (
    verdict: Pick<Detection, 'language' | 'confidence' | 'reason'>,
    wordCheck = false,
    open: Judged['open'] = null,
  ): Judged => ({ detection: Object.assign(detection, verdict), open, wordCheck });

  const hint = options.hint ? hinted(text, options.hint) : null;
  const { han, kana, hangul } = script;
  if (hangul || !(han || kana) || (!kana && !isHan(text) && BOPOMOFO.test(text))) {
    if (!hangul && BOPOMOFO.test(text)) {
      return settle({ language: 'zh', confidence: 0.999, reason: 'bopomofo' });
    }
    if (/\p{L}/u.test(text)) {
      return settle({ language: 'other', confidence: 0.99, reason: 'other-script' });
    }
    return { detection, open: null, wordCheck: false };
  }
  if (hint?.by === 'names') {
    return settle({ language: hint.language, confidence: 0.99, reason: 'hint-names' }, !kana);
  }
  const own = kana ? withoutQuotedKana(text) : text;
  const clause = clauseOf(own, { hasKana: kana && own === text, hasVariation: hasVariation(name) });
  if (clause?.reason === 'kana') return settle(clause);
  if (hint?.by === 'language') {
    return settle({ language: hint.language, confidence: 0.99, reason: 'hint-language' }, !kana);
  }
  const model = shippedModel();
  const score = model.score(own);
  const odds = clause ? oddsOf(clause) : model.fast(score);
  if (hint?.by === 'country') {
    const country = hint.language === 'ja' ? COUNTRY_ODDS : -COUNTRY_ODDS;
    return settle(verdictOf(capped(odds) + country, 'hint-country'), !kana);
  }
  if (clause) return settle(clause, !kana && clause.reason !== 'outside-jis');
  const prior = hint?.odds ?? 0;
  const open = Math.abs(odds) < DECIDED_ODDS ? { score, prior } : null;
  return settle(verdictOf(odds + prior, hint ? 'hint-names' : 'model'), !kana, open);
}

function finish(detection: Detection, threshold: number): Detection {
  const { language, confidence, name } = detection;
  if (language === 'zh' || language === 'both') detection.zhVariant = zhVariantOf(name);
  detection.ambiguous = language !== 'und' && confidence < threshold;
  return detection;
}

function consult({ detection, open, wordCheck }: Judged, dictionaries: Dictionaries): void {
  const { name } = detection;
  if (open) {
    const signals = dictionarySignals(name.normalize('NFC'), dictionaries);
    const odds = shippedModel().full(open.score, signals) + open.prior;
    Object.assign(detection, verdictOf(odds, open.prior === 0 ? 'tokens' : 'hint-names'));
    if (detection.confidence < BOTH_CONFIDENCE && isSharedName(name, dictionaries)) {
      Object.assign(detection, { language: 'both', reason: 'both-dictionaries' });
    }
  }
  if (!wordCheck) return;
  const key = fold(name);
  detection.alsoZh = /^\p{Script=Han}+$/u.test(key) && isChineseWord(key, dictionaries.chinese);
  detection.alsoJa = isJapaneseWord(name, dictionaries.japanese);
  if (detection.alsoZh && detection.language === 'ja')
    detection.zhForm = toTraditional(withoutSelectors(name));
}

/**
 * Loads a detector that answers synchronously. It loads the model and both dictionaries, which
 * takes about 1.2 s and 350 MB with @node-rs/jieba.
 *
 * @param options - prefer: the jieba package to try first, default `@node-rs/jieba`, which loads in
 *   a tenth of the time. dictionaries: false loads none; then it takes 0.2 s, and a few µs per
 *   name.
 * @throws {MissingDependencyError} `MISSING_DEPENDENCY` if a dictionary can't be loaded.
 * @example
 * (await loadDetector()).detect('清水寺').language; // => 'ja'
 */
export async function loadDetector(
  options: { prefer?: ChinesePackage; dictionaries?: boolean } = {},
): Promise<Detector> {
  const { prefer, dictionaries: wanted } = settle(DETECTOR_SPEC, options);
  const dictionaries = !wanted
    ? null
    : await Promise.all([loadChinese({ prefer }), loadJapanese()]).then(
        ([chinese, japanese]): Dictionaries => ({ chinese, japanese }),
      );
  return {
    detect(name, options = {}) {
      const settings = settle(DETECT_SPEC, options);
      const judged = judge(name, settings);
      if (dictionaries && settings.dictionaries) consult(judged, dictionaries);
      return finish(judged.detection, settings.threshold);
    },
  };
}

/**
 * Detects the language of a short name: Chinese, Japanese or neither.
 *
 * What is stated comes first: the same name in a language; then kana and bopomofo; then the stated language and country;
 * then characters that one language lacks, then a model of characters, then a model with both dictionaries, which are loaded for
 * the first name that needs them. A result below the threshold is a guess: index such names as
 * both.
 *
 * @param name - A name of a place, shop or person. Empty or without letters is `und`, never an
 *   error.
 * @param options - hint: what else is known about the place. threshold: 0..1, default 0.8.
 *   dictionaries: false never loads any.
 * @throws {OptionError} `OPTION_INVALID`, `OPTION_UNKNOWN`.
 * @throws {MissingDependencyError} `MISSING_DEPENDENCY` if a dictionary is needed and can't be
 *   loaded.
 * @example
 * (await detectLanguage('東京タワー')).language; // => 'ja'
 */
export async function detectLanguage(
  name: string,
  options: DetectOptions = {},
): Promise<Detection> {
  const settings = settle(DETECT_SPEC, options);
  const judged = judge(name, settings);
  if (settings.dictionaries && (judged.open || judged.wordCheck)) {
    return (await loadDetector()).detect(name, options);
  }
  return finish(judged.detection, settings.threshold);
}
