import { checkOptions, settle } from '../options.ts';
import { isHan, isPlainHan } from './characters.ts';
import { type ChinesePackage, loadChinese } from './chinese.ts';
import {
  clauseOf,
  clauseOfForms,
  formsOf,
  hasVariation,
  type Reason,
  type Verdict,
  withoutQuotedKana,
  withoutSelectors,
  zhVariantOfForms,
} from './clauses.ts';
import {
  DETECT_SPEC,
  DETECTOR_SPEC,
  type Detection,
  type DetectOptions,
  type Detector,
  type StatedName,
} from './detection.ts';
import { fold } from './fold.ts';
import { HINT_SPEC, type Hinted, hinted, type NameHint } from './hints.ts';
import { loadJapanese } from './japanese.ts';
import { shippedModel } from './language-model.ts';
import { scriptsOf } from './script.ts';
import { SHARED_NAMES } from './shared-names.ts';
import {
  type Dictionaries,
  dictionarySignals,
  isChineseWord,
  isJapaneseWord,
  isSharedName,
} from './tokens.ts';
import { toTraditional } from './variants.ts';

const BOPOMOFO = /\p{Script=Bopomofo}/u;

/**
 * Log-odds of the characters beyond which the dictionaries would not change the decision: 98 %
 * right in cross-validation.
 */
const DECIDED_ODDS = 3.9;
/** Largest log-odds of the characters: the most that counts against a country, and the most that is reported. */
const MAX_ODDS = 5;
/** Log-odds of a stated country, which stays at least 95 % sure whatever the characters say. */
const COUNTRY_ODDS = 8;
/** Confidence in what a record states. */
const STATED = 0.99;
/** Confidence in what both languages write alike. */
const SHARED = 0.95;
const SHARED_VERDICT = { language: 'both', confidence: SHARED, reason: 'shared-name' } as const;
/** Below this confidence, a proper noun that is in both dictionaries counts as `both`. */
const BOTH_CONFIDENCE = 0.8;

const HAN_ONLY: Detection['script'] = Object.freeze({
  han: true,
  kana: false,
  hangul: false,
  latin: false,
});

function scriptOf(name: string): Detection['script'] {
  if (isHan(name)) return HAN_ONLY;
  const scripts = scriptsOf(name);
  const has = (script: 'han' | 'kana' | 'hangul' | 'latin'): boolean => scripts.has(script);
  return { han: has('han'), kana: has('kana'), hangul: has('hangul'), latin: has('latin') };
}

const capped = (odds: number): number => Math.max(-MAX_ODDS, Math.min(MAX_ODDS, odds));

/** Log-odds of Japanese that a verdict amounts to. */
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

function undecided(name: string, script: Detection['script']): Detection {
  return {
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
}

function decide(
  detection: Detection,
  { language, confidence, reason }: Pick<Detection, 'language' | 'confidence' | 'reason'>,
): void {
  detection.language = language;
  detection.confidence = confidence;
  detection.reason = reason;
}

function decideByOdds(detection: Detection, odds: number, reason: Reason): void {
  const held = capped(odds);
  detection.language = held > 0 ? 'ja' : 'zh';
  detection.confidence = 1 / (1 + Math.exp(-Math.abs(held)));
  detection.reason = reason;
}

/** Judges a name in Han characters only, without a hint. Most names are like this, so this path is the fast one. */
function judgePlain(name: string): Judged {
  const detection = undecided(name, HAN_ONLY);
  const forms = formsOf(name);
  const clause = clauseOfForms(forms);
  let open: Judged['open'] = null;
  if (clause) decide(detection, clause);
  else if (SHARED_NAMES.has(name)) decide(detection, SHARED_VERDICT);
  else {
    const model = shippedModel();
    const score = model.score(name);
    const odds = model.fast(score, name.length);
    decideByOdds(detection, odds, 'model');
    if (Math.abs(odds) < DECIDED_ODDS) open = { score, prior: 0 };
  }
  if (detection.language !== 'ja') detection.zhVariant = zhVariantOfForms(forms);
  return { detection, open, wordCheck: clause?.reason !== 'outside-jis' };
}

/** Whether a hint overrules characters that only one language has: a country of either language does. */
const overrules = (hint: Hinted | null): boolean =>
  hint?.by === 'country' && hint.language !== 'both';

function judge(given: string, stated?: NameHint): Judged {
  if (stated === undefined && isPlainHan(given)) return judgePlain(given);
  const name = given.toWellFormed();
  const text = withoutSelectors(name).normalize('NFC');
  const detection = undecided(name, scriptOf(text));
  const judged: Judged = { detection, open: null, wordCheck: false };
  const { han, kana, hangul } = detection.script;
  if (hangul || !(han || kana) || (!kana && !isHan(text) && BOPOMOFO.test(text))) {
    decideByScript(detection, text);
    return judged;
  }
  const hint = stated ? hinted(text, stated) : null;
  const own = kana ? withoutQuotedKana(text) : text;
  const clause = clauseOf(own, { hasKana: kana && own === text, hasVariation: hasVariation(name) });
  judged.wordCheck = !kana;
  if (hint?.by === 'names') {
    decide(detection, { language: hint.language, confidence: STATED, reason: 'hint-names' });
  } else if (clause?.reason === 'kana') {
    decide(detection, clause);
    judged.wordCheck = false;
  } else if (hint?.by === 'language') {
    decide(detection, { language: hint.language, confidence: STATED, reason: 'hint-language' });
  } else if (clause && !overrules(hint)) {
    decide(detection, clause);
    judged.wordCheck = !kana && clause.reason !== 'outside-jis';
  } else if (!hint && SHARED_NAMES.has(own)) {
    decide(detection, SHARED_VERDICT);
  } else {
    const model = shippedModel();
    const score = model.score(own);
    const odds = clause ? oddsOf(clause) : model.fast(score, own.length);
    if (hint?.by === 'country' && hint.language === 'both') {
      decide(detection, { language: 'both', confidence: SHARED, reason: 'hint-country' });
    } else if (hint?.by === 'country') {
      const country = hint.language === 'ja' ? COUNTRY_ODDS : -COUNTRY_ODDS;
      decideByOdds(detection, capped(odds) + country, 'hint-country');
    } else {
      const prior = hint?.odds ?? 0;
      decideByOdds(detection, odds + prior, hint ? 'hint-names' : 'model');
      if (Math.abs(odds) < DECIDED_ODDS) judged.open = { score, prior };
    }
  }
  setVariant(detection);
  return judged;
}

/** Decides a name without Han characters or kana, or with Hangul or bopomofo. */
function decideByScript(detection: Detection, text: string): void {
  if (!detection.script.hangul && BOPOMOFO.test(text)) {
    decide(detection, { language: 'zh', confidence: 0.999, reason: 'bopomofo' });
    setVariant(detection);
  } else if (/\p{L}/u.test(text)) {
    decide(detection, { language: 'other', confidence: STATED, reason: 'other-script' });
  }
}

function setVariant(detection: Detection): void {
  const { language, name } = detection;
  detection.zhVariant =
    language === 'zh' || language === 'both' ? zhVariantOfForms(formsOf(name)) : null;
}

function finish(detection: Detection, threshold: number): Detection {
  const { language, confidence } = detection;
  detection.ambiguous = language !== 'und' && confidence < threshold;
  return detection;
}

function consult({ detection, open, wordCheck }: Judged, dictionaries: Dictionaries): void {
  const { name } = detection;
  if (open) {
    const signals = dictionarySignals(name.normalize('NFC'), dictionaries);
    const odds = shippedModel().full(open.score, name.length, signals) + open.prior;
    decideByOdds(detection, odds, open.prior === 0 ? 'tokens' : 'hint-names');
    if (detection.confidence < BOTH_CONFIDENCE && isSharedName(name, dictionaries)) {
      detection.language = 'both';
      detection.reason = 'both-dictionaries';
    }
    setVariant(detection);
  }
  if (!wordCheck) return;
  const key = fold(name);
  detection.alsoZh = /^\p{Script=Han}+$/u.test(key) && isChineseWord(key, dictionaries.chinese);
  detection.alsoJa = isJapaneseWord(name, dictionaries.japanese);
  if (detection.alsoZh && detection.language === 'ja') {
    detection.zhForm = toTraditional(withoutSelectors(name));
  }
}

async function loadDictionaries(prefer: ChinesePackage): Promise<Dictionaries> {
  const [chinese, japanese] = await Promise.all([loadChinese({ prefer }), loadJapanese()]);
  return { chinese, japanese };
}

/** Detects the language of any text synchronously, without a dictionary; `hint` as for `detectLanguage`. */
export function detectByCharacters(name: string, hint?: NameHint): Detection {
  return finish(judge(name, hint).detection, DETECT_SPEC.options.threshold.default);
}

/**
 * Loads a detector that answers synchronously. It loads the model and both dictionaries. This
 * takes about 1.2 s and 350 MB with @node-rs/jieba.
 *
 * @param options - prefer: the jieba package to try first, default `@node-rs/jieba`, which loads in
 *   a tenth of the time. dictionaries: false loads none; loading then takes 0.2 s, and a name about
 *   1 µs.
 * @throws {MissingDependencyError} `MISSING_DEPENDENCY` if a dictionary can't be loaded.
 * @example
 * (await loadDetector()).detect('清水寺').language; // => 'ja'
 */
export async function loadDetector(
  options: { prefer?: ChinesePackage; dictionaries?: boolean } = {},
): Promise<Detector> {
  const { prefer, dictionaries: wanted } = settle(DETECTOR_SPEC, options);
  const dictionaries = wanted ? await loadDictionaries(prefer) : null;
  return {
    detect(name, options = {}) {
      const { hint, threshold, dictionaries: asked = true } = settle(DETECT_SPEC, options);
      const judged = judge(name, hint);
      if (dictionaries && asked) consult(judged, dictionaries);
      return finish(judged.detection, threshold);
    },
  };
}

/**
 * Detects the language of a short name: Chinese, Japanese or neither.
 *
 * The first that applies decides: the same name stated in a language; kana and bopomofo; the stated language and
 * country; characters that one language lacks; a model of characters. No dictionary is loaded unless you ask for it. A
 * result below the threshold is a guess: index such names as both.
 *
 * @param name - A name of a place, shop or person. Empty or without letters is `und`, never an
 *   error.
 * @param options - hint: what else is known about the place. threshold: 0..1, default 0.9.
 *   dictionaries: true also asks both dictionaries if the model is under 98 % sure, and for `alsoZh` and `alsoJa`; the
 *   first name that needs them loads them.
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
  const [detection] = await detectLanguages([name], options);
  return detection!;
}

/**
 * Detects the languages of many names as `detectLanguage` does, in order. Takes about 1 s for a million names without
 * dictionaries.
 *
 * @param names - Each a string, or `{ name, hint }`.
 * @param options - As of `detectLanguage`, for all names.
 * @throws {OptionError} `OPTION_INVALID`, `OPTION_UNKNOWN`, before any name is judged.
 * @throws {MissingDependencyError} `MISSING_DEPENDENCY`
 * @example
 * (await detectLanguages(['浅草寺', '日月潭'])).map(({ language }) => language); // => ['ja', 'zh']
 */
export async function detectLanguages(
  names: readonly (string | StatedName)[],
  options: DetectOptions = {},
): Promise<Detection[]> {
  const { hint, threshold, dictionaries = false } = settle(DETECT_SPEC, options);
  for (const name of names) {
    if (typeof name !== 'string' && name.hint) checkOptions(HINT_SPEC, name.hint);
  }
  const judged = names.map((given) =>
    typeof given === 'string' ? judge(given, hint) : judge(given.name, given.hint ?? hint),
  );
  if (dictionaries && judged.some(({ open, wordCheck }) => open !== null || wordCheck)) {
    const loaded = await loadDictionaries(DETECTOR_SPEC.options.prefer.default);
    for (const each of judged) consult(each, loaded);
  }
  return judged.map(({ detection }) => finish(detection, threshold));
}
