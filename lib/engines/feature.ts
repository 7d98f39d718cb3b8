import { EngineError, quoteValue } from '../errors.ts';

/** What every engine has to know about the documents of one feature, such as places. */
export interface Feature<D extends { id: string } = { id: string }> {
  /** As the create-index body of a generation names it, in `_meta.feature`. */
  readonly name: string;
  /** What its documents are called in messages: `pictures`. */
  readonly plural: string;
  /** Why no engine takes a document, null where all do. Also for documents of other features. */
  faultOf(document: D): string | null;
}

/** Feature of generations whose body names none. */
const DEFAULT = 'places';

/** Control characters mark the embedded engine's own entries, and drivers cut text at NUL. */
const CONTROL = /\p{Cc}/u;

/** The name of the feature that a create-index body, or the mapping of an index, is for. */
export function featureNameOf(indexBody: Record<string, unknown>): string {
  const { mappings } = indexBody as { mappings?: { _meta?: { feature?: unknown } } };
  const name = mappings?._meta?.feature;
  return typeof name === 'string' ? name : DEFAULT;
}

/**
 * The feature of a name.
 *
 * @throws {EngineError} `INDEX_OTHER` for a feature that this version does not have.
 */
export function featureNamed<F extends Feature>(features: readonly F[], name: string): F {
  const found = features.find((feature) => feature.name === name);
  if (found) return found;
  const what = `This version of suoyin has no indexes of ${quoteValue(name)}`;
  throw new EngineError('INDEX_OTHER', what, 'Update suoyin, or give another alias.');
}

/** The error for an index of another feature. */
export function indexOther(index: string, { plural }: Feature): EngineError {
  const hint = `Give the alias of an index of ${plural}.`;
  return new EngineError('INDEX_OTHER', `${index} holds no ${plural}`, hint);
}

/** Why a text can't be the id of a document, null where it can. */
export function idFault(id: unknown): string | null {
  const usable = typeof id === 'string' && id !== '' && !CONTROL.test(id) && id.isWellFormed();
  return usable ? null : `id ${quoteValue(id)} is empty or holds control characters`;
}

/** Why texts can't be keys that documents are found by, null where they can. */
export function keyFault(keys: readonly string[]): string | null {
  const faulty = keys.find((key) => CONTROL.test(key) || !key.isWellFormed());
  if (faulty === undefined) return null;
  return `key ${quoteValue(faulty)} holds control characters or half a character`;
}
