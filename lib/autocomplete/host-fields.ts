import type { PlaceDocument } from './record/document.ts';

/** Fields that a hit has of a document. */
const IN_HITS = [
  'id',
  'kind',
  'granularity',
  'country',
  'location',
  'importance',
  'rank',
  'names',
  'parents',
  'within',
  'categories',
];

/**
 * A document of a place as fields of a larger document, for an index of your own.
 *
 * @param prefix - As `placeMapping` has it.
 * @example
 * prefixedDocument(toPlaceDocument(record), 'suoyin_');
 * // => { suoyin_id: 'tw-banqiao', suoyin_kind: 'district', ... }
 */
export function prefixedDocument(document: PlaceDocument, prefix: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(document).map(([field, value]) => [`${prefix}${field}`, value]),
  );
}

/** What a hit has of a place, without the host's fields; its id is `_id` where the document tells none. */
export function sourceOf<S extends { id: string }>(
  hit: { _id?: unknown; _source?: unknown },
  prefix: string,
): S {
  const source = (hit._source ?? {}) as Record<string, unknown>;
  const own =
    prefix === ''
      ? source
      : Object.fromEntries(
          Object.entries(source)
            .filter(([field]) => field.startsWith(prefix))
            .map(([field, value]) => [field.slice(prefix.length), value]),
        );
  return (own['id'] === undefined ? { ...own, id: hit._id } : own) as unknown as S;
}

/** The part of a document that a hit brings, by name: what else the host keeps there stays there. */
export function sourceFields(prefix: string, more: readonly string[] = []): { includes: string[] } {
  return { includes: [...IN_HITS, ...more].map((field) => `${prefix}${field}`) };
}
