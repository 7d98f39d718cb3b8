import { expect } from 'chai';

import {
  examinePlaceRecord,
  readPlaceRecord,
  RECORD_LIMITS,
} from '../../lib/autocomplete/record/record.ts';
import { RecordError } from '../../lib/errors.ts';

const place = { id: 'tw-1', name: '板橋區', kind: 'district' };

function refusal(raw: unknown): RecordError {
  try {
    readPlaceRecord(raw);
  } catch (error) {
    if (error instanceof RecordError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('readPlaceRecord', () => {
  it('reads the simple form: names by language, aliases as strings', () => {
    const record = readPlaceRecord({
      ...place,
      names: { 'zh-Hant': '板橋區', en: 'Banqiao District' },
      aliases: ['枋橋', 'Banciao'],
      lat: 25.01,
      lon: 121.46,
      country: 'tw',
      parent: 'tw-0',
      population: 551221,
    });
    expect(record).to.deep.equal({
      id: 'tw-1',
      name: '板橋區',
      kind: 'district',
      names: [
        { text: '板橋區', language: 'zh-Hant', kind: 'official' },
        { text: 'Banqiao District', language: 'en', kind: 'official' },
        { text: '枋橋', kind: 'colloquial' },
        { text: 'Banciao', kind: 'colloquial' },
        { text: '板桥区', language: 'zh-Hans', kind: 'official', made: true },
        { text: '板橋', language: 'zh-Hant', kind: 'short', made: true },
        { text: 'Banqiao', language: 'en', kind: 'short', made: true },
        { text: '板桥', language: 'zh-Hans', kind: 'short', made: true },
      ],
      location: { lat: 25.01, lon: 121.46 },
      country: 'TW',
      parent: 'tw-0',
      population: 551221,
    });
  });

  it('reads the rich form: names and aliases with language and kind', () => {
    const record = readPlaceRecord({
      id: 'kr-seoul',
      name: '서울',
      kind: 'city',
      names: [{ name: '首爾', language: 'zh-Hant', kind: 'official' }],
      aliases: [{ name: '漢城', language: 'zh-Hant', kind: 'historic' }],
    });
    expect(record.names).to.deep.equal([
      { text: '서울', kind: 'official' },
      { text: '首爾', language: 'zh-Hant', kind: 'official' },
      { text: '漢城', language: 'zh-Hant', kind: 'historic' },
      { text: '首尔', language: 'zh-Hans', kind: 'official', made: true },
    ]);
  });

  it('puts the local official name first', () => {
    const record = readPlaceRecord({
      id: 'x',
      name: '東京都',
      names: { en: 'Tokyo', ja: '東京都' },
    });
    expect(record.names[0]).to.deep.equal({ text: '東京都', language: 'ja', kind: 'official' });
  });

  it('takes a listed alias for the short name it is', () => {
    const names = { 'zh-Hant': '板橋區', 'zh-Hans': '板桥区' };
    const record = readPlaceRecord({ ...place, names, aliases: ['板橋'] });
    expect(record.names[2]).to.deep.equal({ text: '板橋', language: 'zh-Hant', kind: 'short' });
    expect(record.names).to.have.length(4);
  });

  it('defaults to a point of interest and leaves out what is null', () => {
    const record = readPlaceRecord({
      id: 'x',
      name: '故宮',
      country: null,
      parent: null,
      lat: null,
    });
    expect(record).to.deep.equal({
      id: 'x',
      name: '故宮',
      kind: 'poi',
      names: [{ text: '故宮', kind: 'official' }],
    });
  });

  it('never takes fields from a prototype', () => {
    const raw: unknown = JSON.parse(
      '{"id":"x","name":"y","__proto__":{"kind":"city","country":"TW"}}',
    );
    expect(readPlaceRecord(raw)).to.not.have.property('country');
    expect(readPlaceRecord(raw).kind).to.equal('poi');
  });

  it('takes zh-TW for Traditional, zh-CN for Simplified Chinese, ja-JP for Japanese', () => {
    const names = { 'zh-TW': '大阪', 'zh-CN': '大坂', 'ja-JP': '大阪市' };
    const record = readPlaceRecord({ id: 'x', name: '大阪市', country: 'JP', names });
    expect(record.names.map(({ text, language }) => [text, language])).to.include.deep.members([
      ['大阪', 'zh-Hant'],
      ['大坂', 'zh-Hans'],
      ['大阪市', 'ja'],
    ]);
  });

  it('tells that a latitude and a longitude may be swapped', () => {
    const swapped = { ...place, lat: 121.46, lon: 25.01 };
    expect(() => readPlaceRecord(swapped)).to.throw(/these two may be swapped/);
    const wrong = { ...place, lat: 991, lon: 25.01 };
    expect(() => readPlaceRecord(wrong)).to.throw(/leave out lat and lon\.$/);
  });

  const bad: [what: string, raw: unknown, code: string, field: string | null][] = [
    ['no object', [], 'RECORD_INVALID', null],
    ['no id', { name: 'x' }, 'ID_INVALID', 'id'],
    ['a control character in the id', { id: 'a\u0000', name: 'x' }, 'ID_INVALID', 'id'],
    ['no name', { id: 'x' }, 'NAME_INVALID', 'name'],
    ['a blank name', { id: 'x', name: ' \u3000' }, 'NAME_INVALID', 'name'],
    ['a lone surrogate', { id: 'x', name: 'a\ud800' }, 'NAME_INVALID', 'name'],
    ['a control character', { id: 'x', name: 'a\u0007b' }, 'NAME_INVALID', 'name'],
    ['a name of 10,000 characters', { id: 'x', name: '山'.repeat(10000) }, 'NAME_TOO_LONG', 'name'],
    ['names as text', { id: 'x', name: 'y', names: 'z' }, 'NAME_INVALID', 'names'],
    ['an unknown kind', { id: 'x', name: 'y', kind: 'planet' }, 'KIND_INVALID', 'kind'],
    ['latitude 91', { ...place, lat: 91, lon: 0 }, 'LOCATION_INVALID', 'lat'],
    ['longitude 181', { ...place, lat: 1, lon: 181 }, 'LOCATION_INVALID', 'lon'],
    ['half a location', { ...place, lat: 1 }, 'LOCATION_INVALID', 'lon'],
    ['a country that is none', { ...place, country: 'Atlantis' }, 'COUNTRY_INVALID', 'country'],
    ['an importance over 1', { ...place, importance: 2 }, 'IMPORTANCE_INVALID', 'importance'],
    ['a parent by name', { ...place, parentName: '新北市' }, 'PARENT_INVALID', 'parentName'],
    ['a negative population', { ...place, population: -1 }, 'POPULATION_INVALID', 'population'],
  ];
  for (const [what, raw, code, field] of bad) {
    it(`refuses ${what}, naming the field`, () => {
      const error = refusal(raw);
      expect([error.code, error.field]).to.deep.equal([code, field]);
      expect(error.hint).to.not.equal('');
    });
  }

  it('names the field that stands where one is missing', () => {
    const { message } = refusal({ ID: 7, title: '九份', lat: 25.1, lng: 121.8 });
    for (const other of ['ID; is that id?', 'title; is that name?', 'lng; is that lon?']) {
      expect(message).to.include(`The record has ${other}`);
    }
    expect(refusal({ id: 'a', name: '九份', lat: 25.1 }).message).to.not.include('The record has');
  });

  it('tells all faults of a record at once', () => {
    const error = refusal({
      id: '',
      name: '',
      lat: 91,
      lon: 0,
      country: 'Atlantis',
      kind: 'planet',
    });
    expect(error.faults.map(({ field }) => field)).to.deep.equal([
      ...['id', 'kind', 'country', 'name', 'lat'],
    ]);
    for (const { message, hint } of error.faults) {
      expect(error.message).to.include(message.slice(0, -hint.length - 2));
    }
  });

  const forgiven: [what: string, raw: object, taken: object, warnings: string[]][] = [
    [
      'numbers as text',
      { lat: '25.1', lon: ' 121.8 ', population: '551,221' },
      { location: { lat: 25.1, lon: 121.8 }, population: 551221 },
      [
        'VALUE_CORRECTED lat 25.1',
        'VALUE_CORRECTED lon 121.8',
        'VALUE_CORRECTED population 551221',
      ],
    ],
    [
      'numbers as ids',
      { id: 17, parent: 7 },
      { id: '17', parent: '7' },
      ['VALUE_CORRECTED id 17', 'VALUE_CORRECTED parent 7'],
    ],
    [
      'empty text',
      { lat: '', lon: '', country: ' ', parent: '', kind: '' },
      { kind: 'poi' },
      ['kind', 'country', 'lat', 'lon', 'parent'].map((field) => `FIELD_EMPTY ${field} null`),
    ],
    [
      'what a spreadsheet made of ids and names',
      {
        id: 'TW/1.23E+11',
        name: '7月11日',
        names: { en: '11-Jul', ko: '07월 11일' },
        aliases: ['Mar-04'],
      },
      { id: 'TW/1.23E+11' },
      ['id', 'names.en', 'names.ko', 'name', 'aliases'].map(
        (field) => `SPREADSHEET_CHANGED ${field} null`,
      ),
    ],
    [
      'names that are only like it',
      {
        id: '1E5',
        name: '3月4日公園',
        names: { en: '9 July', ja: '3・4' },
        aliases: ['2E', 'May-Thai'],
      },
      { id: '1E5' },
      [],
    ],
    ['a country by its name', { country: '台灣' }, { country: 'TW' }, []],
    ['a country by its numeric code', { country: '392' }, { country: 'JP' }, []],
    [
      'fields that there are not',
      { lng: 121, latitude: 25, alias: 'x', zzz: 1 },
      {},
      [
        'FIELD_UNKNOWN lng lon',
        'FIELD_UNKNOWN latitude lat',
        'FIELD_UNKNOWN alias aliases',
        'FIELD_UNKNOWN zzz null',
      ],
    ],
    [
      'a list in one text',
      { categories: '寺院;古蹟' },
      { categories: ['寺院', '古蹟'] },
      ['VALUE_CORRECTED categories 寺院, 古蹟'],
    ],
    [
      'dashes for no coordinates',
      { lat: '−', lon: '－' },
      {},
      ['FIELD_EMPTY lat null', 'FIELD_EMPTY lon null'],
    ],
    [
      'words for no coordinates',
      { lat: '無', lon: 'N/A' },
      {},
      ['FIELD_EMPTY lat null', 'FIELD_EMPTY lon null'],
    ],
  ];
  for (const [what, raw, taken, warnings] of forgiven) {
    it(`takes ${what}, and says so`, () => {
      const said: string[] = [];
      const record = examinePlaceRecord({ ...place, ...raw }, ({ code, field, meant }) => {
        said.push(`${code} ${field} ${meant}`);
      });
      expect(record).to.deep.include(taken);
      expect(said).to.have.members(warnings);
    });
  }

  it('takes names under other tags, and leaves out what is no name, saying so', () => {
    const said: string[] = [];
    const names = {
      zh_Hant: '板橋區',
      jp: '板橋区',
      tw: '枋橋',
      note_to_self: 'x',
      en: '',
      ko: 'a\u0000',
      xx: 'Y',
    };
    const aliases = ['', '板橋', { name: 'B', kind: 'nick' }, {}];
    const record = examinePlaceRecord({ ...place, names, aliases }, ({ code, field, meant }) => {
      said.push(`${code} ${field} ${meant}`);
    });
    const stated = record.names
      .filter(({ made }) => !made)
      .map(({ text, language }) => [text, language]);
    expect(stated).to.deep.equal([
      ['板橋區', 'zh-Hant'],
      ['板橋区', 'ja'],
      ['枋橋', 'zh-Hant'],
      ['Y', 'xx'],
      ['板橋', 'zh-Hant'],
      ['B', undefined],
    ]);
    expect(said).to.deep.equal([
      'LANGUAGE_CORRECTED names.zh_Hant zh-Hant',
      'LANGUAGE_CORRECTED names.jp ja',
      'LANGUAGE_CORRECTED names.tw zh-Hant',
      'LANGUAGE_INVALID names.note_to_self null',
      'FIELD_EMPTY names.en null',
      'NAME_INVALID names.ko null',
      'LANGUAGE_UNKNOWN names.xx null',
      'FIELD_EMPTY aliases null',
      'KIND_INVALID aliases.kind colloquial',
      'NAME_INVALID aliases.name null',
    ]);
  });

  it('takes categories, and a category where it is a text', () => {
    const of = (raw: object): unknown => readPlaceRecord({ ...place, ...raw }).categories;
    expect(of({ categories: ['寺院', '古蹟', '寺院'] })).to.deep.equal(['寺院', '古蹟']);
    expect(of({ category: '寺院' })).to.deep.equal(['寺院']);
    expect(of({ category: 7 })).to.equal(undefined);
    expect(of({ category: '' })).to.equal(undefined);
  });

  it('quotes at most 80 characters of a value', () => {
    const error = refusal({ id: 'x', name: '山'.repeat(RECORD_LIMITS.name + 1) });
    expect(error.message).to.match(/^name "山{76}\.\.\. has 257 characters\. Shorten it/);
  });
});
