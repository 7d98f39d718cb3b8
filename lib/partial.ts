import { defined, OPTION_INVALID, SIGNAL, type Spec } from './options.ts';

// Answers of a part of an index: an error, unless whoever asks says that a part will do, and then marked.

/** How much of an index answered. */
export interface Shortfall {
  /** Shards of the index. */
  shards: number;
  /** Of these, the ones that answered. */
  answered: number;
  /** The time for the search was up before they had seen everything. */
  timedOut?: true;
}

/** An answer; `partial` is there only with `allowPartial`, and where a part of the index did not answer. */
export type Markable<T> = T & { partial?: Shortfall };

/** What every call is told that searches. */
export interface CallOptions {
  signal?: AbortSignal;
  /**
   * Takes what is left of an index that has lost shards, and marks the answer with `partial`. Default false: that
   * is an `EngineError` `PARTIAL_ANSWER`.
   */
  allowPartial?: boolean;
}

/** Options of every call that searches, as they are declared. */
export const CALL_OPTIONS: Spec<CallOptions>['options'] = {
  signal: SIGNAL,
  allowPartial: {
    type: 'flag',
    help: 'takes what is left of an index on a cluster that has lost shards; the answer then has `partial`',
  },
};

/** The flag alone, where the rest is declared elsewhere. */
export const PARTIAL_SPEC: Spec<CountOptions> = {
  code: OPTION_INVALID,
  options: { allowPartial: CALL_OPTIONS.allowPartial },
};

/** How an engine looks something up. */
export interface LookUpOptions {
  signal?: AbortSignal;
  /** Told of shards that did not answer; without it that is an `EngineError` `PARTIAL_ANSWER`. */
  onPartial?: (shortfall: Shortfall) => void;
}

/** Options of a count. */
export type CountOptions = Pick<CallOptions, 'allowPartial'>;

/** A count, and what it leaves out. */
export type Counted = Markable<{ count: number }>;

/** Gets an answer by any number of look-ups, and marks it by the one of which least answered. */
export async function markingPartial<T extends object>(
  { signal, allowPartial = false }: CallOptions,
  answer: (how: LookUpOptions) => Promise<T>,
): Promise<Markable<T>> {
  let least: Shortfall | undefined;
  const onPartial = (one: Shortfall): void => {
    if (!least || one.answered / one.shards < least.answered / least.shards) least = one;
  };
  const found = await answer(defined({ signal, onPartial: allowPartial ? onPartial : undefined }));
  return least === undefined ? found : Object.assign(found, { partial: least });
}

/** The mark of an answer, to be spread into another form of it. */
export function markOf({ partial }: Markable<object>): { partial?: Shortfall } {
  return partial ? { partial } : {};
}

/** A mark in words. */
export function partialText({ shards, answered, timedOut }: Shortfall): string {
  return timedOut && answered === shards
    ? 'The search ended before it was complete'
    : `Only ${answered} of ${shards} shards answered`;
}
