// When to ask while somebody types, input methods included.
/* global AbortController */

/**
 * Calls `ask` with the text of an input whenever it changes; what was asked before is aborted.
 *
 * While an input method composes (a syllable is half typed) nothing is asked; the end of a composition counts
 * as a change.
 *
 * @param options - ask: (text, signal) => Promise, not for blank text.
 *   clear: for blank text. fail: gets errors but aborts.
 * @returns again: asks, for a change of other fields.
 */
export function watchTyping(input, { ask, clear, fail }) {
  let current = new AbortController();
  const run = () => {
    current.abort();
    const mine = (current = new AbortController());
    if (input.value.trim() === '') {
      clear();
      return;
    }
    ask(input.value, mine.signal).catch((error) => {
      if (!mine.signal.aborted) fail(error);
    });
  };
  input.addEventListener('input', (event) => {
    if (!event.isComposing) run();
  });
  // Safari tells the end of a composition before the last input, Chromium after it.
  input.addEventListener('compositionend', run);
  return { again: run };
}
