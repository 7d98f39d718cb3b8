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

/** Kinds of names. `historic` and `misspelling` find the place and are never displayed. */
export type NameKind = 'official' | 'short' | 'colloquial' | 'historic' | 'misspelling';

/** One name of a place. */
export interface PlaceName {
  text: string;
  /** BCP 47 tag (zh-Hant, zh-Hans, ja, ja-Hira, ko, en, ...); absent if the source does not say. */
  language?: string;
  kind: NameKind;
  /**
   * Set if suoyin made the name: a short one from the official one, or one in the other Chinese
   * script.
   */
  made?: true;
}

/** What is said of a place, in one language. */
export interface PlaceDescription {
  text: string;
  /** BCP 47 tag; absent where neither the record nor the characters tell. */
  language?: string;
}

/** A checked record: what `readPlaceRecord` returns and everything else takes. */
export interface PlaceRecord {
  id: string;
  /** The local official name. */
  name: string;
  /** All names, the local official one first. Readings in kana have the language `ja-Hira`. */
  names: PlaceName[];
  kind: PlaceKind;
  /**
   * Marks fine-grained records (`oaza`, `settlement`), which rank below administrative namesakes.
   */
  granularity?: string;
  /** WGS 84 degrees. */
  location?: { lat: number; lon: number };
  /** ISO 3166-1 alpha-2 code, upper case. */
  country?: string;
  /** Id of the container as stated by the record. */
  parent?: string;
  /** Inhabitants. */
  population?: number;
  /** How likely the place is meant, 0..1, as Nominatim or page views tell; goes before `population`. */
  importance?: number;
  /** What use has taught, 0..`LEARNED_MOST`; added to all else that makes a place important. */
  learned?: number;
  /** Categories in the source's words; text search finds places by them. */
  categories?: string[];
  /** What is said of it, one a language; `search` finds it by them where it is told to. */
  descriptions?: PlaceDescription[];
}
