import type { SuoyinSearch } from './suoyin-search.js';

/** A place as `GET /suggest` answers it. */
export interface SuggestedPlace {
  id: string;
  /** The name that was meant, in the reader's language. */
  name: string;
  officialName: string;
  /** Name, parent city, country; no two of a list are equal. */
  label: string;
  kind: string;
  /** ISO 3166-1 alpha-2, null where unknown. */
  country: string | null;
  /** Half-open UTF-16 ranges of `name` that was typed. */
  matches: [number, number][];
  /** The name that was met, where it is not the one shown. */
  matchedName?: string;
  location?: { lat: number; lon: number };
  /** Kilometres from `near`. */
  distanceKm?: number;
  score: number;
  /** Half-open UTF-16 ranges of the text that the place has nothing for. */
  unread?: [number, number][];
  /** What was typed is taken for a mistake. */
  guess?: true;
  /** With the attribute `explain`. */
  explain?: Record<string, unknown>;
}

/** How long an answer took, in milliseconds: on the server, where it says so, and in all. */
export interface AnswerTimes {
  server: number | null;
  all: number;
}

/** What went wrong; `code` is that of the API, or `NETWORK`. */
export interface SearchProblem {
  code: string;
  message: string;
  /** Of HTTP, 0 where nothing answered. */
  status: number;
}

/** What the box says by itself. */
export interface SearchBoxTexts {
  /** Name of the field where the page gives none. */
  label: string;
  list: string;
  clear: string;
  searching: string;
  none: string;
  found(count: number): string;
  picked(label: string): string;
  met(name: string): string;
  guess: string;
  without(text: string): string;
  failed: string;
  busy: string;
  required: string;
  kinds: Record<string, string>;
}

/** Attributes of the element as properties; null where an attribute is not there. */
export interface SearchBoxAttributes {
  /** Address of the API, such as `https://search.example.com`; default: beside the page. */
  endpoint: string | null;
  /** Most places in a list; default 8 or what the API has. */
  limit: string | number | null;
  /** `lat,lon` in degrees. */
  near: string | null;
  /** ISO 3166-1 alpha-2 with commas: `TW,JP`. */
  country: string | null;
  /** Country whose places come first. */
  home: string | null;
  /** Kinds of places with commas: `city,station`. */
  kinds: string | null;
  /** Milliseconds from a key to the question, default 60. */
  debounce: string | number | null;
  placeholder: string | null;
  label: string | null;
  name: string | null;
  required: boolean;
  disabled: boolean;
  /** The list stands in the page and stays. */
  inline: boolean;
  /** Asks only when the input method is done. */
  committed: boolean;
  explain: boolean;
}

/** Events of the element, all of which bubble. */
export interface SuoyinSearchEvents {
  /** An answer came; an empty one too. */
  'suoyin-suggest': CustomEvent<{ text: string; places: SuggestedPlace[]; times: AnswerTimes }>;
  /** Another place of the list is active, by key or pointer; null for none. */
  'suoyin-active': CustomEvent<{ place: SuggestedPlace | null; index: number }>;
  /** A place was picked. */
  'suoyin-pick': CustomEvent<{ place: SuggestedPlace }>;
  /** Enter without an active place; `preventDefault` keeps the form from being sent. */
  'suoyin-submit': CustomEvent<{ text: string }>;
  'suoyin-fail': CustomEvent<SearchProblem>;
  /** The field was emptied. */
  'suoyin-clear': CustomEvent<null>;
}

declare global {
  interface HTMLElementTagNameMap {
    'suoyin-search': SuoyinSearch;
  }
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- all of the events
  interface HTMLElementEventMap extends SuoyinSearchEvents {}
}
