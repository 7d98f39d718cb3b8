// Autocomplete: the editable combobox with list autocomplete of the ARIA authoring practices.
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ (read 2026-11)
/* global document */
import { suggest } from './api.js';
import { CITIES, countryChoices, offer, READERS } from './choices.js';
import { byId, element, marked } from './element.js';
import { shownText } from './shown-text.js';
import { number, pageLanguage, problemText, texts, timesText } from './texts.js';
import { isComposing, watchTyping } from './typing.js';

const EXAMPLES = ['板橋', 'しんj', 'banq', 'ㄅㄢˇ', '基隆中正', '高熊', '漢城'];
const OWN_POINT = 'point';

/** Starts the panel. @returns Writes its texts anew. */
export function startPlaces() {
  const input = byId('places-text');
  const list = byId('places-list');
  const said = byId('places-said');
  const picked = byId('places-picked');
  const language = byId('places-language');
  const near = byId('places-near');
  const point = byId('places-point');
  const country = byId('places-country');
  /** What is offered, in order, and which of it is active; -1 for none. */
  let offered = [];
  let active = -1;
  let shown = null;

  const isOpen = () => !list.hidden;
  const setOpen = (open) => {
    list.hidden = !open;
    input.setAttribute('aria-expanded', String(open));
    if (!open) activate(-1);
  };
  const activate = (next) => {
    active = next;
    for (const [i, option] of [...list.children].entries()) {
      option.setAttribute('aria-selected', String(i === next));
    }
    const option = list.children[next];
    if (option) {
      input.setAttribute('aria-activedescendant', option.id);
      option.scrollIntoView({ block: 'nearest' });
    } else input.removeAttribute('aria-activedescendant');
  };
  const pick = (index) => {
    typing.stop();
    shown = offered[index];
    input.value = shown.name;
    setOpen(false);
    said.textContent = texts().picked(shownText(shown.label));
    showPicked(picked, shown);
  };

  const typing = watchTyping(input, {
    whileComposing: () => byId('places-composing').checked,
    async ask(text, signal) {
      const query = {
        text,
        language: language.value,
        near: near.value === OWN_POINT ? point.value.replace(/\s/g, '') : near.value,
        countries: country.value,
      };
      const { suggestions, times } = await suggest(query, signal);
      offered = suggestions;
      list.replaceChildren(...suggestions.map(optionOf));
      list.lang = language.value;
      setOpen(suggestions.length > 0 && document.activeElement === input);
      activate(-1);
      const { found, foundNone } = texts();
      said.textContent =
        suggestions.length > 0
          ? found(suggestions.length, timesText(times))
          : foundNone(text, timesText(times));
    },
    clear() {
      offered = [];
      list.replaceChildren();
      setOpen(false);
      said.textContent = '';
    },
    fail(error) {
      offered = [];
      setOpen(false);
      said.textContent = problemText(error);
    },
  });

  input.addEventListener('keydown', (event) => {
    if (isComposing(event) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves && offered.length > 0) {
      event.preventDefault();
      const wasOpen = isOpen();
      if (!wasOpen) setOpen(true);
      if (event.altKey) return;
      // One position is none of the options: the text as it was typed.
      const places = offered.length + 1;
      activate(((active + 1 + moves[event.key] + places) % places) - 1);
    } else if (event.key === 'Enter' && isOpen() && active >= 0) {
      event.preventDefault();
      pick(active);
    } else if (event.key === 'Escape') {
      if (isOpen()) setOpen(false);
      else if (input.value !== '') {
        input.value = '';
        typing.again();
      } else return;
      event.preventDefault();
    } else if (event.key === 'Tab') setOpen(false);
  });
  input.addEventListener('focus', () => {
    if (offered.length > 0 && shown?.name !== input.value) setOpen(true);
  });
  input.addEventListener('blur', () => setOpen(false));
  // The input keeps its focus.
  list.addEventListener('mousedown', (event) => event.preventDefault());
  list.addEventListener('click', (event) => {
    const option = event.target.closest('[role=option]');
    if (option) pick([...list.children].indexOf(option));
  });
  for (const field of [language, near, country, point]) {
    field.addEventListener('change', () => {
      byId('places-point-field').hidden = near.value !== OWN_POINT;
      if (near.value !== OWN_POINT || point.value !== '') typing.again();
    });
  }
  const examples = byId('places-examples');
  for (const text of EXAMPLES) {
    const fill = () => {
      input.value = text;
      input.focus();
      typing.again();
    };
    examples.append(element('button', { type: 'button', on: { click: fill } }, text));
  }

  const retell = () => {
    const t = texts();
    if (language.value === '') {
      offer(
        language,
        READERS.map(([value, text]) => [value, text, value]),
      );
      language.value = pageLanguage();
    }
    const cities = CITIES.map(([names, at]) => [at, names[pageLanguage()]]);
    offer(near, [['', t.nearNone], ...cities, [OWN_POINT, t.nearPoint]]);
    offer(country, countryChoices(t.countryAll));
    examples.setAttribute('aria-label', t.examples);
    list.setAttribute('aria-label', t.suggestions);
    if (shown) showPicked(picked, shown);
    typing.again();
  };
  retell();
  return retell;
}

function optionOf(suggestion, index) {
  const { kind } = suggestion;
  const why = whyText(suggestion);
  return element(
    'li',
    { role: 'option', id: `places-option-${index}`, 'aria-selected': 'false' },
    element('span', { class: 'label' }, markedLabel(suggestion)),
    element('span', { class: 'kind', lang: pageLanguage() }, texts().kind[kind]),
    element('span', { class: 'why', lang: pageLanguage(), title: why }, why),
  );
}

/** The label with the matched part of the name marked in it. */
function markedLabel({ label, name, matches }) {
  const at = label.indexOf(name);
  if (at < 0) return [label];
  return marked(
    label,
    matches.map(([from, to]) => [from + at, to + at]),
  );
}

/** Why a place was suggested, in a line. */
function whyText({ name, explain }) {
  const t = texts();
  const { matchedName, nameKind, state, field, value, within, whole } = explain;
  // A key of another field is worth telling; that of the name itself is what was typed.
  const how = field === 'name' ? t.state[state] : `${t.state[state]} (${t.field[field]} ${value})`;
  const met = matchedName === name ? null : `${t.met(matchedName)}, ${t.nameKind[nameKind]}`;
  return [how, met, whole ? t.whole : null, within === undefined ? null : t.within(within)]
    .filter((part) => part !== null)
    .join(' · ');
}

function showPicked(box, suggestion) {
  const t = texts();
  const { id, label, officialName, kind, location, distanceKm, explain, score } = suggestion;
  const parts = Object.entries(t.scoreParts)
    .filter(([part]) => explain[part] !== 0)
    .map(([part, text]) => `${text} ${number(explain[part], { maximumFractionDigits: 2 })}`);
  const rows = [
    [t.officialName, officialName],
    [t.id, element('code', {}, id)],
    [t.position, location ? `${location.lat}, ${location.lon}` : null],
    [t.distance, distanceKm === undefined ? null : `${number(Math.round(distanceKm))} km`],
    [t.why, whyText(suggestion)],
    [t.score, `${number(score, { maximumFractionDigits: 2 })} = ${parts.join(' + ')}`],
  ].filter(([, value]) => value !== null);
  box.replaceChildren(
    element('h3', {}, `${label} `, element('span', { class: 'kind' }, t.kind[kind])),
    element(
      'dl',
      {},
      rows.map(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]).flat(),
    ),
  );
  box.hidden = false;
}
