import { OPTION_INVALID, settle, type Spec } from '../options.ts';
import { isHan } from './characters.ts';
import { CHINESE_SPEC, type ChinesePackage, loadChinese } from './chinese.ts';
import { clauseOf, type Reason, zhVariantOf } from './clauses.ts';
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

/** The language of a name and what it is good for. */
export interface Detection {
  /** The name as given, lone surrogates replaced. */
  name: string;
  /** `both`: used on both sides, by a hint or by both dictionaries; `other`: neither Chinese nor Japanese; `und`: nothing to go by. */
  language: 'zh' | 'ja' | 'both' | 'other' | 'und';
  /** Chance that `language` is right, 0..1, calibrated for names as often Chinese as Japanese; 0 for `und`. Of `both` by dictionaries: of the likelier language. */
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

/** What else is known, and how much may be looked up. */
export interface DetectOptions {
  /** Where the place lies and its other names; outweighs the model, not characters that one language lacks. */
  hint?: NameHint;
  /** Confidence under which a name is `ambiguous`, 0..1, default 0.8. */
  threshold?: number;
  /** False: decide by characters alone, at once; `alsoZh` and `alsoJa` stay false. Default true. */
  dictionaries?: boolean;
}

/** A detector with all that it needs in memory. */
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

/** Log-odds of the characters past which the dictionaries change nothing: 98 %, by cross-validation. */
const DECIDED_ODDS = 3.9;
/** The most that a model may hold against a hint, and the most that is claimed for one name. */
const MAX_ODDS = 5;
/** Under this confidence, a proper noun that both dictionaries hold is one of both languages. */
const BOTH_CONFIDENCE = 0.6;

function scriptOf(name: string): Detection['script'] {
  if (isHan(name)) return { han: true, kana: false, hangul: false, latin: false };
  const scripts = scriptsOf(name);
  const has = (script: 'han' | 'kana' | 'hangul' | 'latin'): boolean => scripts.has(script);
  return { han: has('han'), kana: has('kana'), hangul: has('hangul'), latin: has('latin') };
}

function verdictOf(
  odds: number,
  reason: Reason,
): Pick<Detection, 'language' | 'confidence' | 'reason'> {
  const capped = Math.max(-MAX_ODDS, Math.min(MAX_ODDS, odds));
  return {
    language: capped > 0 ? 'ja' : 'zh',
    confidence: 1 / (1 + Math.exp(-Math.abs(capped))),
    reason,
  };
}

/** A name as far as it is judged without a dictionary. */
interface Judged {
  detection: Detection;
  /** Score of the first stage and log-odds to add, where the second stage is asked. */
  open: { score: number; prior: number } | null;
  wordCheck: boolean;
}

function judge(given: string, options: DetectOptions): Judged {
  const name = given.toWellFormed();
  const text = name.normalize('NFC');
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
  const clause = clauseOf(text, kana);
  const hint = options.hint ? hinted(text, options.hint) : null;
  const wordCheck = han && !kana && clause?.reason !== 'outside-jis';
  if (hint && 'language' in hint) {
    return settle({ language: hint.language, confidence: 0.99, reason: 'hint-names' }, wordCheck);
  }
  if (clause) return settle(clause, wordCheck);
  const model = shippedModel();
  const score = model.score(text);
  const odds = model.fast(score);
  if (hint?.reason === 'hint-country') {
    const held = Math.max(-MAX_ODDS, Math.min(MAX_ODDS, odds));
    return settle(verdictOf(held + hint.odds, hint.reason), wordCheck);
  }
  const prior = hint?.odds ?? 0;
  const open = Math.abs(odds) < DECIDED_ODDS ? { score, prior } : null;
  return settle(verdictOf(odds + prior, hint?.reason ?? 'model'), wordCheck, open);
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
  if (detection.alsoZh && detection.language === 'ja') detection.zhForm = toTraditional(name);
}

/**
 * Loads a detector that answers at once: the model, and both dictionaries, about 1.2 s and 350 MB with @node-rs/jieba.
 *
 * @param options - prefer: the jieba package to try first, default `@node-rs/jieba`, as it loads in a tenth of the time.
 * dictionaries: false loads none: 0.2 s, and some µs a name.
 * @throws {MissingDependencyError} `MISSING_DEPENDENCY` when a dictionary can't be loaded.
 * @example
 * (await loadDetector()).detect('清水寺').language; // => 'ja'
 */
export async function loadDetector(options: LoadOptions = {}): Promise<Detector> {
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
 * The language of a short name: Chinese, Japanese or neither.
 *
 * Sure signs come first (a stated name, kana, characters that one language lacks), then the country, then a model of
 * characters, then one with both dictionaries, which load on the first name that needs them. Names under the threshold
 * are a guess: index them as both.
 *
 * @param name - A name of a place, shop or person. Empty or without letters is `und`, never an error.
 * @param options - hint: what else is known. threshold: 0..1, default 0.8. dictionaries: false never loads any.
 * @throws {OptionError} `OPTION_INVALID`, `OPTION_UNKNOWN`.
 * @throws {MissingDependencyError} `MISSING_DEPENDENCY` when a dictionary is needed and can't be loaded.
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
