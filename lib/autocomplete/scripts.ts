import { toScript, toTraditional } from '../analyzers/variants.ts';
import type { PlaceName } from './record.ts';

type ChineseScript = 'zh-Hant' | 'zh-Hans';

/** Script that local names are written in where a record does not say. */
const LOCAL_SCRIPT: Readonly<Record<string, ChineseScript>> = {
  TW: 'zh-Hant',
  HK: 'zh-Hant',
  MO: 'zh-Hant',
  CN: 'zh-Hans',
  SG: 'zh-Hans',
};
/** A name in Han, with the digits and marks that stand among it. */
export const HAN_ONLY: RegExp = /^[\p{Script=Han}\d\s·・（）()-]+$/u;

/**
 * Names with the official one in the Chinese scripts that they lack, marked `made`. What a source states in a script is never replaced nor joined by another form,
 * so 臺 and 台 stay as they are stated.
 *
 * @param names - The local official name first; not mutated.
 * @param country - ISO code: tells the script of a local name whose language is not stated.
 */
export function withBothScripts(
  names: readonly PlaceName[],
  country: string | undefined,
): PlaceName[] {
  const stated = (language: string): string | undefined =>
    names.find((name) => name.kind === 'official' && name.language === language)?.text;
  const [statedHant, statedHans] = [stated('zh-Hant'), stated('zh-Hans')];
  if ((statedHant ?? stated('zh')) !== undefined && (statedHans ?? stated('zh')) !== undefined) {
    return [...names];
  }
  const local = names[0]!;
  const unsaid = local.language === undefined && HAN_ONLY.test(local.text) ? local.text : undefined;
  const inScript = (script: ChineseScript): string | undefined =>
    LOCAL_SCRIPT[country ?? ''] === script ? unsaid : undefined;
  let hant = statedHant ?? inScript('zh-Hant');
  let hans = statedHans ?? inScript('zh-Hans');
  if (hant === undefined && hans === undefined) {
    const japanese = country === 'JP' ? (stated('ja') ?? unsaid) : undefined;
    if (japanese === undefined || !HAN_ONLY.test(japanese)) return [...names];
    hant = toTraditional(japanese);
  }
  hant ??= toScript(hans!, 'zh-Hant');
  hans ??= toScript(hant, 'zh-Hans');
  // A name whose language nobody stated is shown to whoever reads its characters.
  if (unsaid === hant && unsaid === hans) return [...names];
  const made = (text: string, language: ChineseScript): PlaceName[] =>
    stated(language) === undefined ? [{ text, language, kind: 'official', made: true }] : [];
  return [...names, ...made(hant, 'zh-Hant'), ...made(hans, 'zh-Hans')];
}
