import { jyutpingKey, taiwanSpellings } from '../../analyzers/readings.ts';
import type { IndexedName } from './document.ts';

/** The keys of a name in the romanisations of Taiwan, which may be another's; and in Jyutping. */
export function spellingsOf(
  { pinyin, jyutping, key, text }: IndexedName,
  country: string | undefined,
): (readonly [key: string, weak?: true])[] {
  if (pinyin === undefined) return [];
  const spelled = taiwanSpellings(pinyin, key ?? text, country);
  const found = spelled.map((spelling) => [spelling, true] as const);
  return jyutping === undefined ? found : [...found, [jyutpingKey(jyutping)]];
}
