import { made } from './made.js';
import { optionOf } from './option.js';
import { STYLE } from './style.js';
/** @import { SearchBoxTexts, SuggestedPlace } from './types.js' */

/** What the API reads. */
const MAX_LENGTH = '256';

/** What is seen of the box, and what a screen reader is told. It decides nothing. */
export class SearchBoxView {
  #field;
  #message = made('p', { class: 'message', part: 'message', hidden: '' });
  #said = made('p', { class: 'said', role: 'status' });
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #saying;

  input = made('input', {
    part: 'input',
    type: 'text',
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': 'list',
    autocomplete: 'off',
    autocapitalize: 'off',
    autocorrect: 'off',
    spellcheck: 'false',
    enterkeyhint: 'search',
    maxlength: MAX_LENGTH,
  });
  clear = made('button', { part: 'clear', type: 'button', hidden: '' }, '×');
  list = made('ul', { id: 'list', part: 'list', role: 'listbox' });
  popup = made('div', { class: 'popup', part: 'popup', hidden: '' }, this.list, this.#message);

  /** @param {ShadowRoot} root */
  constructor(root) {
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    root.adoptedStyleSheets = [style];
    const spinner = made('span', { class: 'spinner', part: 'spinner', 'aria-hidden': 'true' });
    this.#field = made('div', { class: 'field', part: 'field' }, this.input, spinner, this.clear);
    root.append(this.#field, this.popup, this.#said);
  }

  get isOpen() {
    return this.input.getAttribute('aria-expanded') === 'true';
  }

  /** Shows the list, or what stands in for it, if there is either. @param {boolean} wanted */
  show(wanted) {
    const filled = this.list.children.length > 0;
    this.popup.hidden = !wanted || (!filled && this.#message.hidden);
    this.input.setAttribute('aria-expanded', String(wanted && filled));
  }

  /**
   * @param {SuggestedPlace[]} places
   * @param {{ texts: SearchBoxTexts, typed: string, language: string }} context
   */
  offer(places, { texts, typed, language }) {
    this.list.replaceChildren(
      ...places.map((place, index) => optionOf(place, { index, texts, typed })),
    );
    this.list.lang = language;
    this.list.hidden = places.length === 0;
    this.input.removeAttribute('aria-activedescendant');
  }

  /** @param {number} index */
  activate(index) {
    for (const [i, option] of [...this.list.children].entries()) {
      option.setAttribute('aria-selected', String(i === index));
      option.setAttribute('part', i === index ? 'option option-active' : 'option');
    }
    const option = this.list.children[index];
    if (option) {
      this.input.setAttribute('aria-activedescendant', option.id);
      option.scrollIntoView({ block: 'nearest' });
    } else this.input.removeAttribute('aria-activedescendant');
  }

  /** Index of the option that an event is about, -1 for none. @param {Event} event */
  indexOf(event) {
    const option = /** @type {Element} */ (event.target).closest('[role=option]');
    return option ? [...this.list.children].indexOf(option) : -1;
  }

  /** Whether an answer is awaited. @param {boolean} busy */
  busy(busy) {
    this.#field.classList.toggle('busy', busy);
    this.list.setAttribute('aria-busy', String(busy));
  }

  /** What is shown instead of a list, '' for nothing. @param {string} text @param {boolean} [bad] */
  note(text, bad = false) {
    this.#message.textContent = text;
    this.#message.hidden = text === '';
    this.#message.classList.toggle('bad', bad);
  }

  /** Tells screen readers, when it has been quiet for a while. @param {string} text @param {number} [ms] */
  say(text, ms = 0) {
    clearTimeout(this.#saying);
    this.#saying = setTimeout(() => (this.#said.textContent = text), ms);
  }

  /**
   * @param {SearchBoxTexts} texts
   * @param {{ placeholder: string, label: string }} given
   */
  name(texts, { placeholder, label }) {
    this.input.placeholder = placeholder;
    this.input.setAttribute('aria-label', label);
    this.list.setAttribute('aria-label', texts.list);
    this.clear.setAttribute('aria-label', texts.clear);
  }
}
