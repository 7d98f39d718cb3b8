import type { Suggestion } from './autocomplete/suggest/suggestions.ts';
import type { SuggestCallOptions } from './place-index.ts';

/**
 * Answers kept for those who ask the same again: the ones asked last, as long as nothing is written.
 *
 * They are kept as text, so that whoever gets one may change it.
 */
export class AnswerCache {
  readonly #limit: number;
  readonly #answers = new Map<string, string>();
  #revision = '';

  /** @param limit - Answers at the most. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @param revision - Of what is searched; with another one than before everything is forgotten. */
  get(revision: string, key: string): Suggestion[] | null {
    if (revision !== this.#revision) this.#answers.clear();
    this.#revision = revision;
    const kept = this.#answers.get(key);
    if (kept === undefined) return null;
    this.#answers.delete(key);
    this.#answers.set(key, kept);
    return JSON.parse(kept) as Suggestion[];
  }

  /** @param revision - As it was before the answer was looked for. */
  set(revision: string, key: string, answer: readonly Suggestion[]): void {
    if (revision !== this.#revision) return;
    const oldest = this.#answers.keys().next();
    if (this.#answers.size >= this.#limit && !oldest.done) this.#answers.delete(oldest.value);
    this.#answers.set(key, JSON.stringify(answer));
  }

  /** The answer to a query: as it was kept, or as it is found. */
  async answer(
    revision: string,
    text: string,
    options: SuggestCallOptions,
    find: (options: SuggestCallOptions) => Promise<Suggestion[]>,
  ): Promise<Suggestion[]> {
    const { countryNames, labelStyles, sessionToken, signal, ...asked } = options;
    // What a host brings of its own may change without a sign.
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
