/* global document, navigator, localStorage */
import en from './texts-en.js';
import ja from './texts-ja.js';
import zhHans from './texts-zh-hans.js';
import zhHant from './texts-zh-hant.js';

const TEXTS = { en, 'zh-Hant': zhHant, 'zh-Hans': zhHans, ja };
const KEPT = 'suoyin-page-language';

let current = 'en';

/** Texts of the language that the page is in; see texts-en.js. */
export function texts() {
  return TEXTS[current];
}

/** Language of the page: en, zh-Hant, zh-Hans or ja. */
export function pageLanguage() {
  return current;
}

/** Sets the language of the page and of its fixed texts. */
export function setPageLanguage(language, { keep = false } = {}) {
  current = language in TEXTS ? language : 'en';
  document.documentElement.lang = current;
  for (const node of document.querySelectorAll('[data-text]')) {
    node.textContent = TEXTS[current][node.dataset.text];
  }
  if (!keep) return;
  try {
    localStorage.setItem(KEPT, current);
  } catch {
    // Storage is off: the choice holds for this visit.
  }
}

/** The language chosen before, else the first of the browser's that the page has. */
export function preferredLanguage() {
  try {
    const kept = localStorage.getItem(KEPT);
    if (kept in TEXTS) return kept;
  } catch {
    // Storage is off.
  }
  for (const language of navigator.languages) {
    const [main, ...rest] = language.toLowerCase().split('-');
    if (main === 'zh') {
      return rest.some((part) => ['hant', 'tw', 'hk', 'mo'].includes(part)) ? 'zh-Hant' : 'zh-Hans';
    }
    if (main in TEXTS) return main;
  }
  return 'en';
}

/** Milliseconds as people read them. */
export function milliseconds(ms) {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** How long an answer took. */
export function timesText({ server, all }) {
  return texts().times(server === null ? null : milliseconds(server), milliseconds(all));
}

/** A number with the separators of the page's language. */
export function number(value, options = {}) {
  return new Intl.NumberFormat(current, options).format(value);
}

/** What is told of an error. */
export function problemText(error) {
  return texts().problem[error.code] ?? `${error.message} (${error.code ?? error.name})`;
}
