// Text and the pure parts, as a user of the packed package writes it. Compiled by
// scripts/package-check.mjs, never run.
import { type Detection, detectLanguage } from 'suoyin';
import type { NameHint, Reason } from 'suoyin/analyzers';
import { fold, type Script, scriptsOf, zhuyinTyped } from 'suoyin/analyzers';
import {
  answerPlaceQuery,
  type KeySearch,
  type PlaceFilter,
  type PlaceHit,
  placeMapping,
  type PlaceRecord,
  readPlaceRecord,
  RecordError,
  resolveParents,
  SearchError,
  type Suggestion,
  type TextContext,
  textQuery,
  type TextQuery,
  type TextTerm,
  toPlaceDocument,
} from 'suoyin/autocomplete';
import { exactly } from './exactly.ts';

const hint: NameHint = { country: 'JP', names: { en: 'Kiyomizu-dera' } };
const detection = await detectLanguage('清水寺', { hint, dictionaries: false });
exactly<Detection>()(detection);
exactly<Reason>()(detection.reason);
exactly<'Hant' | 'Hant-HK' | 'Hans' | null>()(detection.zhVariant);
switch (detection.language) {
  case 'zh':
  case 'ja':
  case 'both':
  case 'other':
  case 'und':
    break;
  default:
    exactly<never>()(detection.language);
}
// @ts-expect-error A country is a hint.
await detectLanguage('清水寺', { country: 'JP' });
// @ts-expect-error No such language.
void (detection.language === 'zh-Hant');

exactly<string>()(fold('臺北'));
exactly<Set<Script>>()(scriptsOf('臺北'));
exactly<{ key: string; toned: boolean } | null>()(zhuyinTyped('ㄊㄞˊ'));

const record = readPlaceRecord({ id: 'tw', name: '臺灣', kind: 'country' });
exactly<PlaceRecord>()(record);
toPlaceDocument(record, { parents: [record] });
// @ts-expect-error A row is read first.
toPlaceDocument({ id: 'tw', name: '臺灣' });
for (const issue of resolveParents(record, { lookup: () => undefined }).issues) {
  // @ts-expect-error No such code.
  void (issue.code === 'PARENT_LOST');
}
// @ts-expect-error No such plugin.
placeMapping({ serverAnalysis: ['ik'] });

const search = (searches: KeySearch[], filter: PlaceFilter): Promise<PlaceHit[]> =>
  Promise.resolve(searches.length > 0 && filter ? [] : []);
const answered = await answerPlaceQuery('板橋', { language: 'zh-Hant' }, search);
exactly<Suggestion[]>()(answered);
const context: TextContext = {
  textStarts: (text, language) => (language === 'zh' ? [0] : [text.length]),
};
const query: TextQuery = textQuery('清水寺 京都', { limit: 5 }, context);
for (const { terms } of query.searches) exactly<readonly TextTerm[]>()(terms);
exactly<ReadonlySet<number>>()(query.cuts);

const error: unknown = new RecordError('NAME_MISSING', 'what', 'hint', {
  field: 'name',
  value: '',
});
if (error instanceof SearchError) exactly<string>()(error.code);
if (error instanceof RecordError) exactly<string | null>()(error.field);
