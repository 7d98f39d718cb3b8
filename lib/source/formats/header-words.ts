import type { PlaceKind } from '../../autocomplete/place.ts';

/** Words of table headers for the fields of a record: English, both Chinese scripts, Japanese, Korean. */
export const FIELD_WORDS: Readonly<Record<string, readonly string[]>> = {
  id: [
    ...[
      'id',
      '@id',
      'uuid',
      'identifier',
      'place id',
      'record id',
      'geonameid',
      'osm id',
      'code',
      'no',
    ],
    ...['編號', '编号', '識別碼', '识别码', '代碼', '代码', '代號', '代号', '序號', '序号'],
    ...['番号', '管理番号', 'コード', 'NO', '번호', '코드', '아이디'],
  ],
  name: [
    ...['name', 'title', 'label', 'place', 'place name', 'spot', 'station', 'official name'],
    ...[
      '名稱',
      '名称',
      '名字',
      '標題',
      '标题',
      '地名',
      '站名',
      '店名',
      '景點',
      '景点',
      '地點',
      '地点',
    ],
    ...[
      '名前',
      '名',
      '施設名',
      '駅名',
      '地点名',
      'スポット',
      '場所',
      '이름',
      '명칭',
      '장소',
      '장소명',
      '역명',
      '지명',
    ],
  ],
  aliases: [
    ...['aliases', 'alias', 'other names', 'alternate names', 'alternative names', 'alt name'],
    ...['also known as', 'aka', '別名', '别名', '別稱', '别称', '又名', '俗稱', '俗称'],
    ...['通称', '愛称', '略称', '簡稱', '简称', '별명', '별칭', '다른 이름'],
  ],
  country: [
    ...['country', 'country code', 'country name', 'nation', 'cc', 'iso'],
    ...[
      '國家',
      '国家',
      '國別',
      '国别',
      '國',
      '国',
      '国名',
      '國名',
      '国コード',
      '국가',
      '나라',
      '국가코드',
    ],
  ],
  lat: [
    'lat',
    '@lat',
    'latitude',
    'py',
    'y',
    'y座標',
    'y坐標',
    'y坐标',
    '緯度',
    '纬度',
    '北緯',
    '위도',
  ],
  lon: [
    'lon',
    '@lon',
    'lng',
    'long',
    'longitude',
    'px',
    'x',
    'x座標',
    'x坐標',
    'x坐标',
    '經度',
    '经度',
    '経度',
    '東經',
    '東経',
    '경도',
  ],
  categories: [
    ...['categories', 'category', 'type', 'types', 'tags', 'tag', 'class', 'genre'],
    ...['類別', '类别', '分類', '分类', '種類', '种类', '類型', '类型', '標籤', '标签', '種別'],
    ...['カテゴリ', 'カテゴリー', 'ジャンル', 'タグ', '카테고리', '분류', '종류', '태그'],
  ],
  kind: ['kind', 'place kind', 'place type', '地點種類', '地点种类', '地点種別'],
  population: ['population', 'pop', 'inhabitants', '人口', '人口數', '人口数', '인구'],
  description: [
    ...['description', 'desc', 'summary', 'introduction', 'overview', 'details'],
    ...['描述', '說明', '说明', '簡介', '简介', '介紹', '介绍', '概述', '景點描述', '景點說明'],
    ...['説明', '紹介', '紹介文', '概要', '解説', '설명', '소개', '개요'],
  ],
  importance: ['importance', '重要度', '重要性', '중요도'],
};

/** What an id may be of, before a word for it: 景點編號, 駅コード. */
export const THING_WORDS: readonly string[] = [
  ...[
    '景點',
    '景点',
    '地點',
    '地点',
    '設施',
    '设施',
    '項目',
    '项目',
    '資料',
    '数据',
    '車站',
    '车站',
  ],
  ...['站', '店', '施設', 'スポット', '店舗', '場所', '駅', '명소', '장소', '시설', '역'],
  ...['spot', 'poi', 'attraction', 'station', 'location'],
];

/** Headers of containing areas, with the kind of area that stands there. */
export const AREA_WORDS: Readonly<Partial<Record<PlaceKind, readonly string[]>>> = {
  region: [
    ...['region', 'state', 'province', 'prefecture', 'admin1', '省', '省份', '省級', '省级', '州'],
    ...['都道府県', '県', '도', '시도', '시·도', '광역시도'],
  ],
  city: [
    ...['city', 'county', 'municipality', 'admin2', '縣市', '县市', '縣市別', '城市', '市', '市縣'],
    ...['所在縣市', '所在城市', '地級市', '地级市', '市区町村', '市町村', '시군구', '시', '도시'],
  ],
  district: [
    ...['district', 'ward', 'borough', 'admin3', '區', '区', '區域', '区域', '行政區', '行政区'],
    ...['鄉鎮市區', '乡镇市区', '鄉鎮區', '區縣', '区县', '구', '군'],
  ],
  town: ['town', 'township', 'village', '鄉鎮', '乡镇', '町村', '町', '읍면동', '동'],
};

/** Words of languages in headers of names: 日文名稱, English name, 名称_カナ. */
export const LANGUAGE_WORDS: Readonly<Record<string, readonly string[]>> = {
  'zh-Hant': ['繁體中文', '繁体中文', '正體中文', '繁中', '繁體', 'traditional chinese', '번체'],
  'zh-Hans': ['簡體中文', '简体中文', '簡中', '简中', '簡體', '简体', 'simplified chinese', '간체'],
  zh: ['中文', '漢字', '汉字', '中国語', 'chinese', '중국어', '중문'],
  'ja-Hira': [
    'かな',
    'カナ',
    'ふりがな',
    'フリガナ',
    'よみ',
    'ヨミ',
    '読み',
    '読み仮名',
    'よみがな',
    'kana',
  ],
  ja: ['日文', '日語', '日语', '日本語', 'japanese', '일본어', '일어', '일문'],
  ko: ['韓文', '韩文', '韓語', '韩语', '韓国語', 'korean', 'hangul', '한글', '한국어', '국문'],
  en: ['英文', '英語', '英语', '英字', 'english', 'romanized', '영문', '영어'],
};

/** What a header of a name ends or begins with beside its language: 日文名稱, English name. */
export const NAME_WORDS: readonly string[] = [
  ...[
    '名稱',
    '名称',
    '名字',
    '地名',
    '站名',
    '店名',
    '名前',
    '表記',
    '表記名',
    '名',
    '명칭',
    '이름',
    '명',
  ],
  ...['name', 'names', 'title', 'label'],
];

/** Kinds of places in a cell, beside the English ones. */
export const KIND_WORDS: Readonly<Record<PlaceKind, readonly string[]>> = {
  country: ['國家', '国家', '国', '국가'],
  region: ['省', '州', '都道府県', '도', 'state', 'province', 'prefecture'],
  city: ['城市', '縣市', '县市', '市', '市区町村', '시', '도시', 'county'],
  district: ['區', '区', '地區', '地区', '구', 'ward', 'borough'],
  town: ['鄉鎮', '乡镇', '鄉', '鎮', '町', '村', '읍', '면', '동', 'village', 'township'],
  station: ['車站', '车站', '站', '駅', '역', '捷運站', '地鐵站', '地铁站'],
  poi: [
    '景點',
    '景点',
    '地點',
    '地点',
    'スポット',
    '施設',
    '명소',
    '장소',
    'spot',
    'place',
    'attraction',
  ],
};
