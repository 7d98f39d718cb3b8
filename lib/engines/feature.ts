import { EngineError, quoteValue } from '../errors.ts';

/** What every engine needs to know about the documents of one feature, such as places. */
export interface Feature<D extends { id: string } = { id: string }> {
  /** Its name, which the create-index body of a generation has in `_meta.feature`. */
  readonly name: string;
  /** Name of its documents in messages: `pictures`. */
  readonly plural: string;
  /**
   * Why every engine refuses a document; null if it is accepted. Also called with documents of
   * other features.
   */
  faultOf(document: D): string | null;
}

/** Feature of generations whose body has none. */
const DEFAULT = 'places';

/** Control characters mark the embedded engine's own entries, and drivers cut text at NUL. */
const CONTROL = /\p{Cc}/u;

/** The feature that a create-index body or the mapping of an index names. */
export function featureNameOf(indexBody: Record<string, unknown>): string {
  const { mappings } = indexBody as { mappings?: { _meta?: { feature?: unknown } } };
  const name = mappings?._meta?.feature;
  return typeof name === 'string' ? name : DEFAULT;
}

/**
 * The feature with this name.
 *
 * @throws {EngineError} `INDEX_OTHER` for a feature unknown to this version.
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

/** Why a text can't be the id of a document; null if it can. */
export function idFault(id: unknown): string | null {
  const usable = typeof id === 'string' && id !== '' && !CONTROL.test(id) && id.isWellFormed();
  return usable ? null : `id ${quoteValue(id)} is empty or holds control characters`;
}

/** Why texts can't be search keys; null if they can. */
export function keyFault(keys: readonly string[]): string | null {
  const faulty = keys.find((key) => CONTROL.test(key) || !key.isWellFormed());
  if (faulty === undefined) return null;
  return `key ${quoteValue(faulty)} holds control characters or half a character`;
}
