// What is asked, in the address of the page, so that it can be shared and gone back to.
/* global addEventListener, history, location, URLSearchParams */

let last = location.search;

const NAMES = ['q', 'search', 'reader', 'country', 'near'];

/** What the address says: q, search ('1' for a search of whole texts), reader, country, near; '' where not. */
export function readAddress() {
  const given = new URLSearchParams(location.search);
  return Object.fromEntries(NAMES.map((name) => [name, given.get(name) ?? '']));
}

/**
 * Writes what is asked into the address.
 *
 * @param options - step: whether going back should come here.
 */
export function writeAddress(state, { step = false } = {}) {
  const given = NAMES.filter((name) => state[name]).map((name) => [name, state[name]]);
  const query = new URLSearchParams(given).toString();
  const next = query === '' ? location.pathname : `?${query}`;
  if (new URLSearchParams(location.search).toString() === query) return;
  if (step) history.pushState(null, '', next + location.hash);
  else history.replaceState(null, '', next + location.hash);
  last = location.search;
}

/** Calls back when somebody goes back or forth. */
export function onReturn(callback) {
  addEventListener('popstate', () => {
    // A jump within the page is none.
    if (location.search === last) return;
    last = location.search;
    callback();
  });
}
