// When to ask while somebody types, input methods included.
/* global AbortController */

/**
 * Calls `ask` with the text of an input whenever it changes; what was asked before is aborted.
 *
 * While an input method composes (a syllable is half typed) nothing is asked, unless `whileComposing`
 * says so; the end of a composition counts as a change.
 *
 * @param options - whileComposing: () => boolean. ask: (text, signal) => Promise, not for blank text.
 *   clear: for blank text. fail: gets errors but aborts.
 * @returns again: asks, for a change of other fields. stop: wants no answer to what was asked.
 */
export function watchTyping(input, { whileComposing = () => false, ask, clear, fail }) {
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
    if (!event.isComposing || whileComposing()) run();
  });
  // Safari tells the end of a composition before the last input, Chromium after it.
  input.addEventListener('compositionend', run);
  return { again: run, stop: () => current.abort() };
}

/** Whether a key is for the input method: 229 is what Safari gives for the key that ends a composition. */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}
