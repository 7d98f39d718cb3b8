import { createHash } from 'node:crypto';
import { DOCUMENT_FORM } from '../autocomplete/record/document-form.ts';
import { type DocumentContext, toPlaceDocument } from '../autocomplete/record/document.ts';
import { readPlaceRecord } from '../autocomplete/record/record.ts';
import type { PlaceRecord } from '../autocomplete/place.ts';

/** A digest of everything that a document is made of: equal ones make equal documents. */
export type MadeOf = (record: PlaceRecord, parents: readonly PlaceRecord[]) => string;

/**
 * Names whose documents show which dictionaries read them, in which version, and what the runtime knows of Unicode.
 * They stand for `context`, whose functions can't be compared.
 */
const PROBES: readonly PlaceRecord[] = [
  { id: 'cn', name: '重庆市南岸区长江大桥', country: 'CN' },
  { id: 'tw', name: '國立故宮博物院南部院區', country: 'TW' },
  { id: 'jp', name: '東京国際展示場正門駅', country: 'JP' },
  { id: 'hk', name: '將軍澳中心', country: 'HK' },
  { id: 'kr', name: '해운대해수욕장', country: 'KR' },
  { id: 'es', name: 'Estació de França', country: 'ES' },
].map((record) => readPlaceRecord({ ...record, kind: 'poi' }));

/**
 * Digests by which a rebuild knows what it need not make again: of a record, its parents as they were found by
 * statements, outlines and corrections, the options and dictionaries of the index, and `DOCUMENT_FORM`.
 *
 * @param options - Of the index, as JSON.
 */
export function madeOf(context: DocumentContext, options: unknown): MadeOf {
  const probes = PROBES.map((record) => toPlaceDocument(record, context));
  const general = digestOf([DOCUMENT_FORM, options, probes]);
  const parentDigests = new WeakMap<PlaceRecord, string>();
  const ofParent = (parent: PlaceRecord): string => {
    let digest = parentDigests.get(parent);
    if (digest === undefined) parentDigests.set(parent, (digest = digestOf(parent)));
    return digest;
  };
  return (record, parents) => digestOf([general, record, ...parents.map(ofParent)]);
}

/** 128 bits of SHA-256, in 22 characters that JSON does not escape. */
function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);
}
