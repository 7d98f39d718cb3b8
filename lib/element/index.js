/** The search box as a custom element: importing this defines `<suoyin-search>`. */
import { SuoyinSearch } from './suoyin-search.js';

export { SearchError } from './answers.js';
export { SuoyinSearch } from './suoyin-search.js';
export { searchBoxTexts } from './texts.js';
/** @typedef {import('./types.js').SuggestedPlace} SuggestedPlace */
/** @typedef {import('./types.js').SuoyinSearchEvents} SuoyinSearchEvents */
/** @typedef {import('./types.js').SearchBoxTexts} SearchBoxTexts */
/** @typedef {import('./types.js').SearchProblem} SearchProblem */
/** @typedef {import('./types.js').AnswerTimes} AnswerTimes */

if (globalThis.customElements && !customElements.get('suoyin-search')) {
  customElements.define('suoyin-search', SuoyinSearch);
}
