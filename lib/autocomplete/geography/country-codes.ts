import { fold } from '../../analyzers/fold.ts';

/** ISO 3166-1: alpha-2 with alpha-3, as `TWTWN`. */
const ALPHA_3 =
  'ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE ' +
  'BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS ' +
  'BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN ' +
  'COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST ' +
  'EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF ' +
  'GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD ' +
  'HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM ' +
  'JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA ' +
  'LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD ' +
  'MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM ' +
  'NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG ' +
  'PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA ' +
  'SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD ' +
  'STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON ' +
  'TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR ' +
  'VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE';

/** Languages whose names of countries are known, from CLDR: those looked at first, and the others. */
const FIRST = ['en', 'zh-Hant', 'zh-Hans', 'zh-Hant-HK', 'ja', 'ko'];
const OTHERS = [
  ...['th', 'vi', 'id', 'ms', 'fil', 'mn'],
  ...['hi', 'bn', 'my', 'km', 'lo', 'ne', 'si', 'ta', 'ar', 'he', 'fa', 'tr', 'ru', 'uk', 'pl'],
  ...['cs', 'sk', 'hu', 'ro', 'bg', 'el', 'de', 'nl', 'da', 'nb', 'sv', 'fi', 'et', 'lv', 'lt'],
  ...['fr', 'es', 'pt', 'pt-PT', 'it', 'ca', 'hr', 'sr', 'sl'],
];

/** Names in use that CLDR lacks. */
const MORE: Readonly<Record<string, string>> = {
  中華民國: 'TW',
  'republic of china': 'TW',
  roc: 'TW',
  'taiwan, province of china': 'TW',
  中華人民共和國: 'CN',
  "people's republic of china": 'CN',
  prc: 'CN',
  中国大陆: 'CN',
  大陸: 'CN',
  日本国: 'JP',
  香港特別行政區: 'HK',
  澳門特別行政區: 'MO',
  대한민국: 'KR',
  大韓民國: 'KR',
  'republic of korea': 'KR',
  'south korea': 'KR',
  korea: 'KR',
  北朝鮮: 'KP',
  조선민주주의인민공화국: 'KP',
  uk: 'GB',
  'great britain': 'GB',
  英國: 'GB',
  イギリス: 'GB',
  'united states of america': 'US',
  'u.s.': 'US',
  'u.s.a.': 'US',
  america: 'US',
  アメリカ合衆国: 'US',
  アメリカ: 'US',
  'viet nam': 'VN',
  'russian federation': 'RU',
  'czech republic': 'CZ',
  turkey: 'TR',
  burma: 'MM',
  holland: 'NL',
};

const alpha2 = new Set(ALPHA_3.split(' ').map((pair) => pair.slice(0, 2)));
/** Made when they are first needed. */
const tables: {
  first: ReadonlyMap<string, string> | null;
  others: ReadonlyMap<string, string> | null;
} = { first: null, others: null };

/**
 * The ISO 3166-1 alpha-2 code of a country that is stated by a code (alpha-2, alpha-3 or numeric) or
 * by its name in any of some fifty languages; null if it is none.
 *
 * @see https://cldr.unicode.org/translation/displaynames/countryregion-territory-names
 * @example
 * ['tw', 'TWN', '158', '臺灣', '台湾', 'Taiwan', '대만'].map(countryCodeOf);
 * // => TW for each
 */
export function countryCodeOf(text: string): string | null {
  const code = text.trim().toUpperCase();
  if (/^[A-Z]{2}$/.test(code) && alpha2.has(code)) return code;
  if (/^[A-Z]{3}$/.test(code)) {
    const at = ALPHA_3.indexOf(code);
    for (let i = at; i >= 0; i = ALPHA_3.indexOf(code, i + 1)) {
      if (i % 6 === 2) return ALPHA_3.slice(i - 2, i);
    }
  }
  if (/^\d{3}$/.test(code)) return numericCode(code);
  const key = fold(text);
  const known = (tables.first ??= namesIn(FIRST, MORE)).get(key);
  return known ?? (tables.others ??= namesIn(OTHERS, {})).get(key) ?? null;
}

/** CLDR has the numeric codes as aliases. */
function numericCode(code: string): string | null {
  const [, region = ''] = Intl.getCanonicalLocales(`und-${code}`)[0]!.split('-');
  return alpha2.has(region) ? region : null;
}

/** Where two countries share a name, as Congo in some languages, it means neither. */
function namesIn(
  languages: readonly string[],
  more: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const shared = new Set<string>();
  const add = (name: string | undefined, code: string): void => {
    const key = name === undefined ? '' : fold(name);
    const other = found.get(key);
    if (key === '') return;
    if (other !== undefined && other !== code) shared.add(key);
    else found.set(key, code);
  };
  for (const language of languages) {
    for (const style of ['long', 'short'] as const) {
      const display = new Intl.DisplayNames([language], {
        type: 'region',
        style,
        fallback: 'none',
      });
      for (const code of alpha2) add(display.of(code), code);
    }
  }
  for (const key of shared) found.delete(key);
  for (const [name, code] of Object.entries(more)) found.set(fold(name), code);
  return found;
}
