import type { Suggestion } from './autocomplete/suggest/suggestions.ts';
import type { SuggestCallOptions } from './place-options.ts';

/**
 * A cache of the most recently used answers, valid as long as nothing is written.
 *
 * Answers are stored as text, so that a caller may change the returned one.
 */
export class AnswerCache {
  readonly #limit: number;
  readonly #answers = new Map<string, string>();
  #revision = '';

  /** @param limit - Most answers to keep. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @param revision - Revision of the searched index; a new one clears the cache. */
  get(revision: string, key: string): Suggestion[] | null {
    if (revision !== this.#revision) this.#answers.clear();
    this.#revision = revision;
    const kept = this.#answers.get(key);
    if (kept === undefined) return null;
    this.#answers.delete(key);
    this.#answers.set(key, kept);
    return JSON.parse(kept) as Suggestion[];
  }

  /** @param revision - Revision of the index before the search. */
  set(revision: string, key: string, answer: readonly Suggestion[]): void {
    if (revision !== this.#revision) return;
    const oldest = this.#answers.keys().next();
    if (this.#answers.size >= this.#limit && !oldest.done) this.#answers.delete(oldest.value);
    this.#answers.set(key, JSON.stringify(answer));
  }

  /** Returns the cached answer to a query, or finds it. */
  async answer(
    revision: string,
    text: string,
    options: SuggestCallOptions,
    find: (options: SuggestCallOptions) => Promise<Suggestion[]>,
  ): Promise<Suggestion[]> {
    const { countryNames, labelStyles, sessionToken, signal, ...asked } = options;
    // Functions and tables of the caller may change unnoticed.
    if (countryNames || labelStyles) return find(options);
    signal?.throwIfAborted();
    const key = JSON.stringify([text, Object.entries(asked).sort()]);
    let answer = this.get(revision, key);
    if (!answer) {
      answer = await find(signal ? { ...asked, signal } : asked);
      this.set(revision, key, answer);
    }
    if (sessionToken !== undefined) for (const each of answer) each.sessionToken = sessionToken;
    return answer;
  }
}
