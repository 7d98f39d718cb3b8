/** @import { SearchBoxAttributes } from './types.js' */

/** A stand-in where there is no DOM, so that a server may import this file. */
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

const TEXTS = [
  ...['endpoint', 'limit', 'near', 'country', 'home', 'kinds', 'debounce'],
  ...['placeholder', 'label', 'name'],
];
const FLAGS = ['required', 'disabled', 'inline', 'committed', 'explain'];

/** An element with its attributes as properties of the same names, which is how frameworks set them. */
export const Reflecting =
  /** @type {{ new (): HTMLElement & SearchBoxAttributes, prototype: HTMLElement & SearchBoxAttributes }} */ (
    class extends Base {}
  );

for (const name of TEXTS) {
  reflect(name, {
    get() {
      return this.getAttribute(name);
    },
    set(value) {
      if (value === null || value === undefined) this.removeAttribute(name);
      else this.setAttribute(name, String(value));
    },
  });
}
for (const name of FLAGS) {
  reflect(name, {
    get() {
      return this.hasAttribute(name);
    },
    set(value) {
      this.toggleAttribute(name, Boolean(value));
    },
  });
}

/**
 * @param {string} name
 * @param {ThisType<HTMLElement> & { get(): unknown, set(value: unknown): void }} accessors
 */
function reflect(name, accessors) {
  Object.defineProperty(Reflecting.prototype, name, {
    ...accessors,
    configurable: true,
    enumerable: true,
  });
}
