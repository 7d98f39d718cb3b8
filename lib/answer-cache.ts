import type { Suggestion } from './autocomplete/suggest/suggestions.ts';
import { steadyClock } from './clock.ts';
import { defined } from './options.ts';
import { isMarked, type Markable } from './partial.ts';
import type { SuggestCallOptions } from './place-options.ts';

/** How long an answer is valid where other processes write unseen, as on a cluster. */
export const REMOTE_ANSWERS = { maxAgeMs: 60_000 };
/** How often a cluster is asked which generation is live, where answers are kept. */
export const LOOKS_FOR_ANSWERS = { lookEveryMs: 1000 };

/** The state of an index that answers were found in. */
export interface IndexState {
  /** The live generation; null if there is none. */
  generation: string | null;
  /** Changes with the generation, and with every write that can be seen. */
  revision: string;
}

/** Finds an answer in the index. */
type Find = (text: string, options: SuggestCallOptions) => Promise<Markable<Suggestion[]>>;

/** An answer, and when it was found in what; milliseconds of a steady clock. */
interface Kept {
  answer: string;
  revision: string;
  at: number;
}

/** After a swap, so many of the texts asked last are asked again, of at most so many characters. */
const WARMED = 2000;
const WARMED_LENGTH = 3;

/**
 * A cache of the most recently used answers, each valid as long as nothing is written.
 *
 * Answers are stored as text, so that a caller may change the returned one. Where another generation
 * is live, short texts that were asked before are asked again behind the first call that sees it.
 */
export class AnswerCache {
  readonly #limit: number;
  readonly #maxAgeMs: number;
  readonly #steadyNow: () => number;
  /** Valid and invalid ones, the one used last at the end. */
  readonly #answers = new Map<string, Kept>();
  #forgotten = 0;
  #seen: IndexState | null = null;
  #warming: Promise<void> = Promise.resolve();

  /**
   * @param limit - Most answers to keep.
   * @param options - maxAgeMs: milliseconds that an answer is valid for, default without end. steadyNow:
   *   milliseconds of a steady clock.
   */
  constructor(
    limit: number,
    {
      maxAgeMs = Infinity,
      steadyNow = steadyClock,
    }: { maxAgeMs?: number; steadyNow?: () => number } = {},
  ) {
    this.#limit = limit;
    this.#maxAgeMs = maxAgeMs;
    this.#steadyNow = steadyNow;
  }

  /** Makes every answer invalid that was found or begun so far. */
  forget(): void {
    this.#forgotten += 1;
  }

  /** Resolves when nothing is asked again any more; never rejects. */
  get warmed(): Promise<void> {
    return this.#warming;
  }

  /**
   * Returns the cached answer to a query, or finds it.
   *
   * @param seen - State of the index, seen before the call.
   */
  async answer(
    seen: IndexState,
    text: string,
    options: SuggestCallOptions,
    find: Find,
  ): Promise<Markable<Suggestion[]>> {
    const { countryNames, labelStyles, sessionToken, signal, ...asked } = options;
    // Functions and tables of the caller may change unnoticed.
    if (countryNames || labelStyles) return find(text, options);
    signal?.throwIfAborted();
    const state = { ...seen, revision: `${seen.revision} ${this.#forgotten}` };
    this.#turnTo(state, find);
    const key = JSON.stringify([text, Object.entries(defined(asked)).sort()]);
    let answer: Markable<Suggestion[]> | null = this.#get(state, key);
    if (!answer) {
      answer = await find(text, signal ? { ...asked, signal } : asked);
      this.#set(state, key, answer);
    }
    if (sessionToken !== undefined) for (const each of answer) each.sessionToken = sessionToken;
    return answer;
  }

  #get({ revision }: IndexState, key: string): Suggestion[] | null {
    const kept = this.#answers.get(key);
    if (kept?.revision !== revision || this.#steadyNow() - kept.at >= this.#maxAgeMs) return null;
    this.#answers.delete(key);
    this.#answers.set(key, kept);
    return JSON.parse(kept.answer) as Suggestion[];
  }

  #set(state: IndexState, key: string, answer: Markable<Suggestion[]>): void {
    // What a part of an index answers is no answer of the index, nor is what a setting limits.
    if (isMarked(answer)) return;
    this.#answers.delete(key);
    const oldest = this.#answers.keys().next();
    if (this.#answers.size >= this.#limit && !oldest.done) this.#answers.delete(oldest.value);
    this.#answers.set(key, this.#kept(state, answer));
  }

  #kept({ revision }: IndexState, answer: Suggestion[]): Kept {
    return { answer: JSON.stringify(answer), revision, at: this.#steadyNow() };
  }

  /** Notes what calls see of the index; after a swap, what was asked before is asked again. */
  #turnTo(state: IndexState, find: Find): void {
    const isSwapped = this.#seen !== null && this.#seen.generation !== state.generation;
    this.#seen = state;
    if (!isSwapped) return;
    // A fault ends it: calls report their own.
    this.#warming = this.#warming.then(() => this.#warm(state, find)).catch(() => undefined);
  }

  /** Asks what was asked last first, one text at a time and in turns of its own, so that calls go first. */
  async #warm(state: IndexState, find: Find): Promise<void> {
    let left = WARMED;
    for (const [key, kept] of [...this.#answers].reverse()) {
      const [text, asked] = JSON.parse(key) as [string, [string, unknown][]];
      if (kept.revision === state.revision || [...text].length > WARMED_LENGTH) continue;
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (left-- === 0 || this.#seen?.revision !== state.revision) return;
      const answer = await find(text, Object.fromEntries(asked));
      // A call may have been faster, or it was passed over since.
      if (this.#answers.get(key) !== kept || isMarked(answer)) continue;
      this.#answers.set(key, this.#kept(state, answer));
    }
  }
}
