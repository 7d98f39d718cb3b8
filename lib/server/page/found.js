// Answers of a search over whole names and descriptions, and over notes.
import { byId, element, marked } from './element.js';
import { shownText } from '../element/shown-text.js';
import { number, texts, timesText } from './texts.js';

/**
 * Shows both answers; `notes` is null where there are none to search.
 *
 * @param on - active(index), -1 for none, and pick(index), of places.
 */
export function showFound({ text, places, notes, lang }, on) {
  const t = texts();
  const box = byId('places-found');
  const { hits, total, more, times } = places;
  const count = `${number(total)}${more ? '+' : ''}`;
  const parts = [
    element('h3', {}, t.searched(text)),
    element('p', { class: 'help' }, `${t.foundPlaces(count)} · ${timesText(times)}`),
  ];
  if (hits.length === 0) parts.push(element('p', { class: 'empty' }, t.foundNothing));
  parts.push(
    element(
      'ol',
      { class: 'hits', lang },
      hits.map((hit, index) => hitOf(hit, { index, text, on })),
    ),
  );
  if (notes && notes.notes.length > 0) {
    const noted = `${number(notes.total)}${notes.more ? '+' : ''}`;
    parts.push(element('h3', {}, `${t.notes} (${noted})`));
    parts.push(element('ol', { class: 'notes' }, notes.notes.map(noteOf)));
  }
  box.replaceChildren(...parts);
  box.hidden = false;
}

/** Marks the place that is active on the map. */
export function activateFound(index) {
  for (const [i, item] of [...byId('places-found').querySelectorAll('.hits > li')].entries()) {
    item.classList.toggle('active', i === index);
  }
}

function hitOf(hit, { index, text, on }) {
  const t = texts();
  const { label, name, matches, kind, categories, highlights, description, guess, unread } = hit;
  const at = label.indexOf(name);
  const shown =
    at < 0
      ? [label]
      : marked(
          label,
          matches.map(([from, to]) => [from + at, to + at]),
        );
  const also = highlights
    .filter((each) => each.text !== name && !label.includes(each.text))
    .slice(0, 2)
    .flatMap((each, i) => [i > 0 ? ' · ' : '', ...marked(each.text, each.ranges)]);
  const without = (unread ?? []).map(([from, to]) => t.without(shownText(text.slice(from, to))));
  const notes = [
    guess ? element('span', { class: 'badge' }, t.guess) : null,
    ...without,
    also.length > 0 ? element('span', {}, also) : null,
  ].filter((each) => each !== null);
  return element(
    'li',
    {},
    element(
      'button',
      {
        type: 'button',
        on: {
          click: () => on.pick(index),
          focus: () => on.active(index),
          blur: () => on.active(-1),
          pointerenter: () => on.active(index),
          pointerleave: () => on.active(-1),
        },
      },
      element('span', { class: 'label' }, shown),
      element('span', { class: 'kind' }, categories[0] ?? t.kind[kind]),
      notes.length > 0 ? element('span', { class: 'why' }, notes) : null,
      (description?.fragments ?? []).map((fragment) =>
        element('span', { class: 'snippet' }, marked(fragment.text, fragment.highlights)),
      ),
    ),
  );
}

function noteOf({ title, titleHighlights, fragments, tags, sources }) {
  const shown = title === '' ? [sources[0] ?? texts().noTitle] : marked(title, titleHighlights);
  return element(
    'li',
    {},
    element('strong', {}, shown),
    fragments.map(({ text, highlights }) =>
      element('p', { class: 'snippet' }, marked(text, highlights)),
    ),
    tags.length > 0 ? element('p', { class: 'help' }, tags.join(' · ')) : null,
  );
}
