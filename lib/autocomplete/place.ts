/** What a place is, from wide to narrow. */
export type PlaceKind = 'country' | 'region' | 'city' | 'district' | 'town' | 'station' | 'poi';

/** Every kind of place, from wide to narrow. */
export const PLACE_KINDS: readonly PlaceKind[] = Object.freeze([
  'country',
  'region',
  'city',
  'district',
  'town',
  'station',
  'poi',
] as const);

/** Why a place has a name. `historic` and `misspelling` find the place and are never displayed. */
export type NameKind = 'official' | 'short' | 'colloquial' | 'historic' | 'misspelling';

/** One name of a place. */
export interface PlaceName {
  text: string;
  /** BCP 47 tag (zh-Hant, zh-Hans, ja, ja-Hira, ko, en, ...); absent where the source does not say. */
  language?: string;
  kind: NameKind;
  /** True where suoyin made the name: a short one from the official one, one in the other Chinese script. */
  made?: true;
}

/** A checked record: what `readPlaceRecord` returns and everything else takes. */
export interface PlaceRecord {
  id: string;
  /** The local official name. */
  name: string;
  /** All names; the local official one first, readings in kana as `ja-Hira`. */
  names: PlaceName[];
  kind: PlaceKind;
  /** Fine-grained records (`oaza`, `settlement`) rank below administrative namesakes. */
  granularity?: string;
  /** WGS 84 degrees. */
  location?: { lat: number; lon: number };
  /** ISO 3166-1 alpha-2 code, upper case. */
  country?: string;
  /** Id of the containing place as the record states it. */
  parent?: string;
  /** Inhabitants. */
  population?: number;
  /** What kind of place it is, in the source's words: found by text search. */
  categories?: string[];
}
