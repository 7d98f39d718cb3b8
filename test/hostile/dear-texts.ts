import { PLACE_QUERY_DEFAULTS } from '../../lib/autocomplete/suggest/query.ts';

/** Texts that `npm run bench -- dearest` found expensive, and those that many places or notes contain. */
export const DEAR_TEXTS: readonly string[] = [
  '中山',
  'na ka ni shi yo ma mo to ta te no na ni nu ne no',
  'ほりこs ほりこs',
  '中山路 板橋區 新北市 中正',
  'taipei station tokyo station shinjuku station kyoto station',
  'じょう・z じょ・z qwertz',
  '中山'.repeat(PLACE_QUERY_DEFAULTS.maxLength / 2),
];
