import { made } from './made.js';
import { shownText } from './shown-text.js';
/** @import { SearchBoxTexts, SuggestedPlace } from './types.js' */

/**
 * A place as a row of the list.
 *
 * @param {SuggestedPlace} place
 * @param {{ index: number, texts: SearchBoxTexts, typed: string }} context
 */
export function optionOf(place, { index, texts, typed }) {
  const { label, name, matches, kind, distanceKm } = place;
  const at = label.indexOf(name);
  const shown = at < 0 ? [shownText(label)] : labelled(label, { at, name, matches });
  const kindText = texts.kinds[kind] ?? kind;
  const distance = distanceKm === undefined ? '' : ` · ${distanceText(distanceKm)}`;
  const option = made(
    'li',
    { id: `option-${index}`, part: 'option', role: 'option', 'aria-selected': 'false' },
    made('span', { class: 'label', part: 'option-label' }, ...shown),
    made('span', { class: 'kind', part: 'option-kind' }, kindText + distance),
  );
  const notes = notesOf(place, texts, typed);
  if (notes.length > 0) {
    option.append(made('span', { class: 'note', part: 'option-note' }, ...notes));
  }
  return option;
}

/**
 * @param {string} label
 * @param {{ at: number, name: string, matches: [number, number][] }} where
 */
function labelled(label, { at, name, matches }) {
  const parts = [];
  let end = 0;
  for (const [from, to] of matches) {
    parts.push(shownText(name.slice(end, from)));
    parts.push(made('mark', { part: 'mark' }, shownText(name.slice(from, to))));
    end = to;
  }
  parts.push(shownText(name.slice(end)));
  const around = /** @param {string} text */ (text) =>
    text === '' ? '' : made('span', { class: 'place', part: 'option-place' }, shownText(text));
  return [
    around(label.slice(0, at)),
    made('span', { class: 'name', part: 'option-name' }, ...parts),
    around(label.slice(at + name.length)),
  ];
}

/**
 * What is not as it was typed.
 *
 * @param {SuggestedPlace} place
 * @param {SearchBoxTexts} texts
 * @param {string} typed
 */
function notesOf({ guess, unread, matchedName }, texts, typed) {
  const notes = [];
  if (guess) notes.push(made('span', { class: 'badge', part: 'guess' }, texts.guess));
  const said = [];
  if (matchedName !== undefined) said.push(texts.met(shownText(matchedName)));
  for (const [from, to] of unread ?? []) said.push(texts.without(shownText(typed.slice(from, to))));
  if (said.length > 0) notes.push(said.join(' · '));
  return notes;
}

/** @param {number} km */
function distanceText(km) {
  return `${km < 10 ? km.toFixed(1) : Math.round(km)} km`;
}
