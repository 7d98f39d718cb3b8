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

/**
 * Settings of a cluster by which names with a mistake are not looked up at all, or among fewer names than there are;
 * everything else is found.
 */
export type LimitingSetting =
  'search.allow_expensive_queries' | 'indices.query.bool.max_clause_count';

/**
 * An answer. `partial` is there only with `allowPartial`, and where a part of the index did not answer; `limitedBy` where
 * names with a mistake were looked for and a setting of the cluster kept some of them out.
 */
export type Markable<T> = T & { partial?: Shortfall; limitedBy?: LimitingSetting };

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
  /** Told of a setting that kept something out of the answer. */
  onLimited?: (setting: LimitingSetting) => void;
}

/** Options of a count. */
export type CountOptions = Pick<CallOptions, 'allowPartial'>;

/** A count, and what it leaves out. */
export type Counted = Markable<{ count: number }>;

/** Gets an answer by any number of look-ups, and marks it by the one of which least answered, and by any that was limited. */
export async function markingPartial<T extends object>(
  { signal, allowPartial = false }: CallOptions,
  answer: (how: LookUpOptions) => Promise<T>,
): Promise<Markable<T>> {
  let least: Shortfall | undefined;
  const onPartial = (one: Shortfall): void => {
    if (!least || one.answered / one.shards < least.answered / least.shards) least = one;
  };
  let limitedBy: LimitingSetting | undefined;
  const onLimited = (setting: LimitingSetting): void => {
    limitedBy = setting;
  };
  const told = { signal, onPartial: allowPartial ? onPartial : undefined, onLimited };
  const found = await answer(defined(told));
  return Object.assign(found, defined({ partial: least, limitedBy }));
}

/** The marks of an answer, to be spread into another form of it. */
export function markOf({ partial, limitedBy }: Markable<object>): Markable<object> {
  return defined({ partial, limitedBy });
}

/** Whether an answer lacks something that the index has. */
export function isMarked(answer: Markable<object>): boolean {
  return Object.keys(markOf(answer)).length > 0;
}

/** What a setting keeps out, in words. */
export function limitText(setting: LimitingSetting): string {
  return `${setting} of the cluster keeps names with a mistake out of the answer, all or some`;
}

/** A mark in words. */
export function partialText({ shards, answered, timedOut }: Shortfall): string {
  return timedOut && answered === shards
    ? 'The search ended before it was complete'
    : `Only ${answered} of ${shards} shards answered`;
}
