/** @import { AnswerTimes, SuggestedPlace } from './types.js' */

/** What the API refused, or that it did not answer. */
export class SearchError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {number} status
   */
  constructor(code, message, status) {
    super(message);
    this.name = 'SearchError';
    this.code = code;
    this.status = status;
  }
}

/**
 * Asks `GET /suggest`.
 *
 * @param {string} address - Of `/suggest`, absolute or relative to the page.
 * @param {Record<string, string | null>} parameters - Empty ones and nulls are left out.
 * @param {{ signal: AbortSignal, fetch: typeof globalThis.fetch }} options
 * @returns {Promise<{ places: SuggestedPlace[], times: AnswerTimes }>}
 */
export async function askSuggest(address, parameters, { signal, fetch }) {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== '');
  const query = new URLSearchParams(/** @type {[string, string][]} */ (given));
  const began = performance.now();
  let response;
  let body;
  try {
    response = await fetch(`${address}?${query}`, {
      signal,
      headers: { accept: 'application/json' },
    });
    body = await response.json().catch(() => null);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new SearchError('NETWORK', String(error), 0);
  }
  if (!response.ok || !Array.isArray(body?.suggestions)) {
    const { code = `HTTP_${response.status}`, detail = response.statusText } = body ?? {};
    throw new SearchError(String(code), String(detail), response.status);
  }
  const server = /\bdur=([\d.]+)/.exec(response.headers.get('server-timing') ?? '');
  return {
    places: body.suggestions,
    times: { server: server ? Number(server[1]) : null, all: performance.now() - began },
  };
}
