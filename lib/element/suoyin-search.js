// The editable combobox of https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ (read 2026-11)
import { askSuggest, SearchError } from './answers.js';
import { Reflecting } from './reflecting.js';
import { shownText } from './shown-text.js';
import { searchBoxTexts } from './texts.js';
import { SearchBoxView } from './view.js';
/** @import { SearchBoxTexts, SuggestedPlace, SuoyinSearchEvents } from './types.js' */

/** Milliseconds of quiet before a screen reader is told what was found. */
const SAY_MS = 500;
const DEBOUNCE_MS = 60;
/** Without an answer for so long the box says that it searches. */
const SLOW_MS = 1500;
/** Parameters of `/suggest`, by the attribute that each comes from. */
const ASKED = { near: 'near', country: 'countries', home: 'home', kinds: 'kinds', limit: 'limit' };
const REASK = new Set([...Object.keys(ASKED), 'endpoint', 'lang', 'explain']);

/**
 * `<suoyin-search>`: a field that suggests places while somebody types, composing included.
 *
 * Attributes: `endpoint` (of the API; default: beside the page), `lang` (the reader's language; default:
 * that of the nearest ancestor), `limit`, `near` (`lat,lon`), `country` (`TW,JP`), `home`, `kinds`,
 * `placeholder`, `label`, `value`, `name`, `required`, `disabled`, `debounce` (milliseconds, default 60),
 * `inline` (the list stands in the page and stays), `committed` (waits until composing ends), `explain`.
 *
 * In a form it sends its text by its name, and as `NAME-id` the id of what was picked.
 */
export class SuoyinSearch extends Reflecting {
  static formAssociated = true;
  static observedAttributes = [
    ...REASK,
    ...['placeholder', 'label', 'value', 'required', 'inline', 'aria-label'],
  ];

  /** Called instead of `fetch`, for a token for instance. */
  fetch = /** @type {typeof globalThis.fetch} */ ((...given) => globalThis.fetch(...given));

  /** @type {SearchBoxTexts | null} */ #texts = null;
  /** @type {SuggestedPlace[]} */ #places = [];
  /** @type {SuggestedPlace | null} */ #picked = null;
  #active = -1;
  /** What the places answer, or what is being asked. */
  #asked = '';
  #current = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #debounce;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #slow;
  #internals;
  #view;

  constructor() {
    super();
    this.#internals = this.attachInternals();
    this.#view = new SearchBoxView(this.attachShadow({ mode: 'open', delegatesFocus: true }));
    this.#listen();
  }

  connectedCallback() {
    this.#retell();
    // The page around may still be parsed.
    queueMicrotask(() => this.#retell());
  }

  disconnectedCallback() {
    this.#stop();
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} now
   */
  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    if (name === 'value') this.value = now ?? '';
    else if (name === 'inline') this.#show(this.#places.length > 0);
    else this.#retell();
    if (REASK.has(name) && this.isConnected && this.#asked !== '') this.search();
  }

  formResetCallback() {
    this.value = this.getAttribute('value') ?? '';
  }

  /** @param {boolean} disabled */
  formDisabledCallback(disabled) {
    this.#view.input.disabled = disabled;
    this.#view.clear.disabled = disabled;
  }

  /** @param {string} state */
  formStateRestoreCallback(state) {
    this.value = state;
  }

  get form() {
    return this.#internals.form;
  }

  checkValidity() {
    return this.#internals.checkValidity();
  }

  reportValidity() {
    return this.#internals.reportValidity();
  }

  /** The text of the field. Setting it asks nothing; `search` does. */
  get value() {
    return this.#view.input.value;
  }

  set value(text) {
    this.#stop();
    this.#view.input.value = text ?? '';
    this.#empty();
    this.#setValue(null);
  }

  /** What was picked, null once the text is changed. */
  get picked() {
    return this.#picked;
  }

  /** What is offered, best first. */
  get places() {
    return [...this.#places];
  }

  /** @returns {SearchBoxTexts} What the box says: in the language of the element, unless others are set. */
  get texts() {
    return this.#texts ?? searchBoxTexts(this.language);
  }

  /** @param {SearchBoxTexts} texts */
  set texts(texts) {
    this.#texts = texts;
    this.#retell();
    if (this.#places.length > 0) this.#offer(this.#places);
  }

  /** The reader's language: `lang` of the element or of what it stands in. */
  get language() {
    return this.closest('[lang]:not([lang=""])')?.getAttribute('lang') ?? 'en';
  }

  /**
   * Asks for a text, that of the field by default.
   *
   * @param {string} [text]
   */
  search(text) {
    if (text !== undefined) this.value = text;
    this.#stop();
    void this.#ask();
  }

  /** Closes the list, and wants no answer that is still to come. */
  close() {
    this.#stop();
    this.#show(false);
  }

  /**
   * Makes a place of the list active, as its key or pointer would; -1 none.
   *
   * @param {number} index
   */
  activate(index) {
    if (index === this.#active) return;
    this.#active = index;
    this.#view.activate(index);
    this.#tell('suoyin-active', { place: this.#places[index] ?? null, index });
  }

  /**
   * Picks a place of the list.
   *
   * @param {number} index
   */
  pick(index) {
    const place = this.#places[index];
    if (!place) return;
    this.#stop();
    this.#view.input.value = place.name;
    this.#setValue(place);
    this.#show(false);
    this.#view.say(this.texts.picked(shownText(place.label)));
    this.#tell('suoyin-pick', { place });
    this.dispatchEvent(new Event('change', { bubbles: true }));
  }

  #listen() {
    const { input, clear, popup, list } = this.#view;
    input.addEventListener('input', (event) => {
      this.#setValue(null);
      const composing = /** @type {InputEvent} */ (event).isComposing;
      if (!composing || !this.hasAttribute('committed')) this.#later();
    });
    // Safari tells the end of a composition before the last input, Chromium after it.
    input.addEventListener('compositionend', () => this.#later());
    input.addEventListener('keydown', (event) => this.#key(event));
    input.addEventListener('focus', () => {
      this.#retell();
      if (!this.#picked) this.#show(true);
    });
    input.addEventListener('blur', () => {
      if (!this.hasAttribute('inline')) this.#show(false);
    });
    clear.addEventListener('click', () => {
      this.#wipe();
      input.focus();
    });
    // The field keeps its focus.
    popup.addEventListener('mousedown', (event) => event.preventDefault());
    list.addEventListener('click', (event) => this.pick(this.#view.indexOf(event)));
    list.addEventListener('pointermove', (event) => {
      const index = this.#view.indexOf(event);
      if (event.pointerType === 'mouse' && index >= 0) this.activate(index);
    });
    list.addEventListener('pointerleave', (event) => {
      if (event.pointerType === 'mouse') this.activate(-1);
    });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // 229 is what Safari gives for the key that ends a composition.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { isOpen, popup } = this.#view;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && this.#places.length > 0) {
      if (event.altKey) this.#show(step > 0);
      else {
        if (!isOpen) this.#show(true);
        // One position is none of the options: the text as it was typed.
        const positions = this.#places.length + 1;
        this.activate(((this.#active + 1 + step + positions) % positions) - 1);
      }
    } else if (event.key === 'Enter') {
      if (isOpen && this.#active >= 0) this.pick(this.#active);
      else if (this.#tell('suoyin-submit', { text: this.value })) this.form?.requestSubmit();
    } else if (event.key === 'Escape' && (!popup.hidden || this.value !== '')) {
      if (popup.hidden) this.#wipe();
      else this.#show(false);
    } else {
      if (event.key === 'Tab' && !this.hasAttribute('inline')) this.#show(false);
      return;
    }
    event.preventDefault();
  }

  #later() {
    clearTimeout(this.#debounce);
    const wait = Number(this.getAttribute('debounce') ?? DEBOUNCE_MS);
    this.#debounce = setTimeout(() => void this.#ask(), wait);
  }

  #stop() {
    clearTimeout(this.#debounce);
    this.#current.abort();
    this.#rest();
  }

  /** No answer is awaited any more. */
  #rest() {
    clearTimeout(this.#slow);
    this.#view.busy(false);
  }

  async #ask() {
    const text = this.value;
    const parameters = this.#parameters();
    if (text.trim() === '') {
      this.#stop();
      this.#empty();
      this.#tell('suoyin-clear', null);
      return;
    }
    // The end of a composition says again what its last input said.
    const asked = JSON.stringify(parameters);
    if (asked === this.#asked && !this.#current.signal.aborted) return;
    this.#stop();
    const { signal } = (this.#current = new AbortController());
    this.#asked = asked;
    this.#view.busy(true);
    this.#slow = setTimeout(() => {
      this.#view.note(this.texts.searching);
      this.#show(true);
      this.#view.say(this.texts.searching);
    }, SLOW_MS);
    const endpoint = (this.getAttribute('endpoint') ?? '').replace(/\/$/, '');
    try {
      const { fetch } = this;
      const address = endpoint === '' ? 'suggest' : `${endpoint}/suggest`;
      const { places, times } = await askSuggest(address, parameters, { signal, fetch });
      if (signal.aborted) return;
      this.#offer(places);
      this.#tell('suoyin-suggest', { text, places, times });
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    } finally {
      if (this.#current.signal === signal) this.#rest();
    }
  }

  /** @returns {Record<string, string | null>} */
  #parameters() {
    const valueOf = (/** @type {string} */ name) =>
      this.getAttribute(name)?.replace(/\s/g, '') ?? null;
    const given = Object.entries(ASKED).map(([name, parameter]) => [parameter, valueOf(name)]);
    const explain = this.hasAttribute('explain') ? 'true' : null;
    return { q: this.value, language: this.language, ...Object.fromEntries(given), explain };
  }

  /** @param {SuggestedPlace[]} places */
  #offer(places) {
    const { texts, language, value: typed } = this;
    this.#places = places;
    this.#active = -1;
    this.#view.offer(places, { texts, typed, language });
    this.#view.note(places.length === 0 ? texts.none : '');
    this.#show(this.matches(':focus-within') || this.hasAttribute('inline'));
    this.#view.say(places.length === 0 ? texts.none : texts.found(places.length), SAY_MS);
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#empty();
    const own = error instanceof SearchError ? error : new SearchError('NETWORK', String(error), 0);
    const { code, message, status } = own;
    const text = status === 503 || status === 429 ? this.texts.busy : this.texts.failed;
    this.#view.note(text, true);
    this.#show(true);
    this.#view.say(text);
    this.#tell('suoyin-fail', { code, message, status });
  }

  #empty() {
    this.#asked = '';
    this.#places = [];
    const { texts, language } = this;
    this.#view.offer([], { texts, language, typed: '' });
    this.#view.note('');
    this.#show(false);
    this.#view.say('');
  }

  #wipe() {
    this.value = '';
    this.#tell('suoyin-clear', null);
    this.dispatchEvent(new Event('change', { bubbles: true }));
  }

  /** @param {boolean} wanted */
  #show(wanted) {
    this.#view.show(wanted);
    if (!this.#view.isOpen) this.activate(-1);
  }

  /** @param {SuggestedPlace | null} picked */
  #setValue(picked) {
    this.#picked = picked;
    this.#view.clear.hidden = this.value === '';
    const name = this.getAttribute('name') ?? '';
    const data = new FormData();
    data.append(name, this.value);
    if (picked) data.append(`${name}-id`, picked.id);
    this.#internals.setFormValue(name === '' ? null : data, this.value);
    this.#check();
  }

  #check() {
    const required = this.hasAttribute('required');
    const missing = required && !this.#picked;
    const { input } = this.#view;
    const text = missing ? this.texts.required : '';
    this.#internals.setValidity(missing ? { valueMissing: true } : {}, text, input);
    input.setAttribute('aria-required', String(required));
  }

  #retell() {
    const { texts } = this;
    const labels = [...(this.#internals.labels ?? [])].map((label) => label.textContent?.trim());
    const given = this.getAttribute('aria-label') ?? this.getAttribute('label');
    const placeholder = this.getAttribute('placeholder') ?? '';
    const label = given ?? (labels.filter(Boolean).join(' ') || placeholder || texts.label);
    this.#view.name(texts, { placeholder, label });
    this.#check();
  }

  /**
   * @template {keyof SuoyinSearchEvents} N
   * @param {N} name
   * @param {SuoyinSearchEvents[N]['detail']} detail
   * @returns False where it was prevented.
   */
  #tell(name, detail) {
    const options = { detail, bubbles: true, composed: true, cancelable: name === 'suoyin-submit' };
    return this.dispatchEvent(new CustomEvent(name, options));
  }
}
