// Words of streets and of parts of buildings, which are no sign of a place that has their name.
// Sources: USPS Publication 28, appendices B (directions) and C (suffixes, secondary units); 中華郵政
// 地址英譯 (Rd., St., Blvd., Ln., Aly., Sec., F., No.); 民政部 地名 專名通名 of streets (路 街 大道 巷 弄 胡同); 도로명주소법
// (대로 로 길); 京都市 住居表示 of crossings (上る 下る 西入る 東入る); the commonest words for a street in French, Italian, Spanish, Portuguese and Malay addresses (UPU
// addressing sheets).

/** Behind the name of a street, in letters. */
export const STREET_WORDS = `
avenue ave av street st road rd boulevard blvd drive dr lane ln way court ct place pl square sq terrace ter parkway
pkwy highway hwy freeway fwy expressway expy crescent cres circle cir close row walk alley aly mews quay
ro gil daero dori`;

/** In front of it. */
export const STREET_FRONTS = `
rue avenue av boulevard bd place quai chemin allee route via viale piazza plaza calle avenida rua largo praca jalan jln
lorong`;

/** Between such a word and the name. */
export const STREET_PARTICLES = 'de du des la le les l d da do dos das del della di';

/** Between the name and the word behind it, or behind that. */
export const DIRECTIONS = 'n s e w ne nw se sw north south east west central';

/** Behind the name of a street without spaces; those of Hangul are one with it as well. */
export const UNSPACED_STREET_WORDS = '路 街 大街 大道 馬路 巷 弄 胡同 通り 대로 로 길';

/** Between the name and such a word: 南京東路, 中山一路. */
export const UNSPACED_DIRECTIONS = '東西南北中前後内外環一二三四五六七八九十';

/** The same, unless a character follows that could continue a name: 太子道西193號, but not 道頓堀. */
export const UNSPACED_LAST_STREET_WORDS = '道';

/** Words that contain such a word but are not streets: 街道 is an area of China. */
export const NO_STREETS = '街道';

/** Words that place a block of Kyoto at a crossing: 寺町通御池上る|上本能寺前町. */
export const CROSSING_WORDS = '上る 下る 上ル 下ル 西入る 西入ル 東入る 東入ル 西入 東入';

/** What follows the name of a street there. */
export const CROSSING_STREET = '通';

/** Parts of an address below the street, in letters: no name of a place is looked for in them. */
export const UNIT_WORDS = `
no number sec section floor fl f unit room rm apartment apt suite ste block blk building bldg tower house flat po box
tel phone fax attn`;
