/* global document */
import { shownText } from '../element/shown-text.js';

/** Attributes that a person reads. */
const READ = new Set(['title', 'alt', 'aria-label']);

/**
 * Makes an element. Attributes that are undefined, null or false are left out, true is an empty one; `on`
 * holds listeners by event; children are elements, or texts, in which nothing stays hidden.
 */
export function element(name, { on = {}, ...attributes } = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    const text = value === true ? '' : String(value);
    made.setAttribute(key, READ.has(key) ? shownText(text) : text);
  }
  for (const [event, listener] of Object.entries(on)) made.addEventListener(event, listener);
  const there = children.flat().filter((child) => child !== null && child !== undefined);
  made.append(
    ...there.map((child) => (typeof child === 'object' ? child : shownText(String(child)))),
  );
  return made;
}

/** The element of an id; ids are those of page.html. */
export function byId(id) {
  return document.getElementById(id);
}

/** Text in which half-open UTF-16 ranges are marked. */
export function marked(text, ranges) {
  const parts = [];
  let end = 0;
  for (const [from, to] of ranges) {
    if (from > end) parts.push(text.slice(end, from));
    parts.push(element('mark', {}, text.slice(from, to)));
    end = to;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}
