import { OPTION_INVALID, type Spec } from '../options.ts';
import { CHINESE_SPEC, type ChinesePackage } from './chinese.ts';
import type { ChineseVariant, Reason } from './clauses.ts';
import { HINT_SPEC, type NameHint } from './hints.ts';

/** The language of a name, and what follows for indexing it. */
export interface Detection {
  /** The name as given, with lone surrogates replaced. */
  name: string;
  /**
   * `both`: used in both languages, by a hint or both dictionaries, or since the place is in Korea; `other`: neither
   * Chinese nor Japanese; `und`: unknown, since the name has no letters.
   */
  language: 'zh' | 'ja' | 'both' | 'other' | 'und';
  /**
   * Probability that `language` is right, 0..1, calibrated for equally many Chinese and Japanese names; 0 for `und`.
   * If the dictionaries led to `both`, the probability of the likelier language.
   */
  confidence: number;
  script: { han: boolean; kana: boolean; hangul: boolean; latin: boolean };
  /**
   * The script of a Chinese name, `Hant-HK` with forms of Hong Kong's standard (衞生署); null if both scripts write it
   * alike, or the name is not Chinese. `zh-${zhVariant}` is a language tag.
   */
  zhVariant: ChineseVariant | null;
  /** Whether the confidence is below the threshold: then index the name as both languages. */
  ambiguous: boolean;
  /**
   * Whether it is also a Chinese word or well-known name, whatever `language` is; false if no dictionary was asked.
   */
  alsoZh: boolean;
  /** Whether it is also one word of the Japanese dictionary; false if no dictionary was asked. */
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
   * What the record states: language of the name, country and other names of the place. It decides, except that kana
   * and bopomofo outside quotation marks overrule a language or a country.
   */
  hint?: NameHint;
  /** Confidence below which a name is `ambiguous`, 0..1. Default 0.9: on kinds of names that the model had not
   * seen, about 98 % are then in the field of their language, and 14 to 17 % are in both fields. */
  threshold?: number;
  /**
   * True asks both dictionaries if the characters are under 98 % sure, and for `alsoZh` and `alsoJa`. False decides by
   * characters alone; then both are false. Default false, but true for a `Detector` that has loaded them.
   */
  dictionaries?: boolean;
}

/** A detector that has everything it needs in memory. */
export interface Detector {
  detect: (name: string, options?: DetectOptions) => Detection;
}

/** Options of `detectLanguage`. */
export const DETECT_SPEC: Spec<DetectOptions, 'threshold'> = {
  code: OPTION_INVALID,
  options: {
    hint: { type: 'object', spec: HINT_SPEC, help: 'what else is known of the name' },
    threshold: {
      type: 'number',
      min: 0,
      max: 1,
      default: 0.9,
      help: 'confidence under which a name is `ambiguous`',
    },
    dictionaries: {
      type: 'flag',
      otherwise: '`false`; `true` of a detector that has them',
      help: 'true: ask both dictionaries too, and for `alsoZh` and `alsoJa`',
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
    dictionaries: {
      type: 'flag',
      default: true,
      help: 'false: load no dictionary',
      off: 'go by characters alone, without dictionaries',
    },
  },
};

/** A name and its hint. */
export interface StatedName {
  name: string;
  /** Replaces the `hint` of the call. */
  hint?: NameHint;
}
