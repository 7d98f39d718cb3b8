// The search box, its map, and what else is asked of names.
/* global AbortController, navigator */
import '../element/index.js';
import { searchBoxTexts } from '../element/texts.js';
import { shownText } from '../element/shown-text.js';
import { onReturn, readAddress, writeAddress } from './address.js';
import { fetchWithToken, notes, search } from './api.js';
import { showCard } from './card.js';
import { CITIES, countryChoices, offer, READERS } from './choices.js';
import { byId, element } from './element.js';
import { activateFound, showFound } from './found.js';
import { startMap } from './map.js';
import { showTake } from './take.js';
import { pageLanguage, problemText, texts, timesText } from './texts.js';

const EXAMPLES = ['板橋', 'しんj', 'banq', 'ㄅㄢˇ', '基隆中正', '高熊', '漢城'];
const OWN_POINT = 'point';
const OWN_PLACE = 'me';
/** The most of a text that a message repeats. */
const TOLD = 40;

/** Starts the panel. @returns Writes its texts anew. */
export function startPlaces() {
  const box = byId('places-text');
  const said = byId('places-said');
  const language = byId('places-language');
  const near = byId('places-near');
  const point = byId('places-point');
  const country = byId('places-country');
  const all = byId('places-all');
  const examples = byId('places-examples');
  /** What the map shows: those of the box, or those of a search. */
  let searched = null;
  let asking = new AbortController();
  let position = '';
  /** Says again, in the language of the page, what was said. */
  let sayAgain = () => '';

  const say = (text) => {
    sayAgain = text;
    said.textContent = text();
  };
  const map = startMap({
    onActive: (index) => (searched ? activateFound(index) : box.activate(index)),
    onPick: (index) => (searched ? pickFound(index) : box.pick(index)),
  });
  const nearNow = () => {
    if (near.value === OWN_POINT) return point.value.replace(/\s/g, '');
    return near.value === OWN_PLACE ? position : near.value;
  };
  const state = () => ({
    q: box.value,
    search: searched ? '1' : '',
    reader: language.value === pageLanguage() ? '' : language.value,
    country: country.value,
    near: near.value === OWN_PLACE ? '' : nearNow(),
  });
  const parameters = () => ({
    q: box.value,
    language: language.value,
    countries: country.value,
    near: nearNow(),
    limit: searched ? 20 : 8,
  });
  /** Hands the options to the box, which asks again where they changed. */
  const apply = () => {
    box.lang = language.value;
    box.setAttribute('country', country.value);
    box.setAttribute('near', nearNow());
    box.committed = !byId('places-composing').checked;
    byId('places-point-field').hidden = near.value !== OWN_POINT;
  };
  const leaveSearch = () => {
    asking.abort();
    searched = null;
    byId('places-found').hidden = true;
  };
  const tellAll = () => {
    const text = box.value.trim();
    all.hidden = text === '' || searched !== null;
    all.textContent = texts().searchAll(shownText(text.slice(0, TOLD)));
    examples.hidden = text !== '';
    byId('places-intro').hidden = text !== '';
  };
  const clear = () => {
    leaveSearch();
    map.show([], { lang: language.value });
    byId('places-picked').hidden = true;
    byId('places-take').hidden = true;
    say(() => '');
    tellAll();
  };
  const pickFound = (index) => {
    const hit = searched.places.hits[index];
    map.visit(index);
    void showCard(hit, language.value);
    byId('places-picked').scrollIntoView({ block: 'nearest' });
  };
  const showSearch = () => {
    showFound(searched, { active: (index) => map.activate(index), pick: pickFound });
    map.show(searched.places.hits, { lang: language.value });
  };
  /** Searches names, descriptions and notes for the whole text. */
  const searchAll = async ({ step = true } = {}) => {
    const text = box.value.trim();
    if (text === '') return;
    box.close();
    asking.abort();
    const { signal } = (asking = new AbortController());
    byId('places-picked').hidden = true;
    say(() => texts().searching);
    try {
      const asked = { ...parameters(), limit: 20, in: 'names,descriptions' };
      const [places, noted] = await Promise.all([
        search(asked, signal),
        // An index of notes is not everywhere.
        notes({ q: text, language: '', limit: 5 }, signal).catch(() => null),
      ]);
      searched = { text, places, notes: noted, lang: language.value };
      say(() => '');
      showSearch();
      tellAll();
      writeAddress(state(), { step });
      showTake({ path: 'search', parameters: asked, answer: { ...places, times: undefined } });
    } catch (error) {
      if (!signal.aborted) say(() => problemText(error));
    }
  };
  const ask = (text) => {
    leaveSearch();
    byId('places-picked').hidden = true;
    box.search(text);
    tellAll();
  };

  box.fetch = fetchWithToken;
  box.addEventListener('input', () => {
    leaveSearch();
    byId('places-picked').hidden = true;
    tellAll();
  });
  box.addEventListener('suoyin-suggest', ({ detail: { places, times } }) => {
    const { length } = places;
    say(() => (length > 0 ? texts().found(length, timesText(times)) : ''));
    map.show(places, { lang: language.value });
    tellAll();
    writeAddress(state());
    showTake({ path: 'suggest', parameters: parameters(), answer: { suggestions: places } });
  });
  box.addEventListener('suoyin-active', ({ detail: { index } }) => map.activate(index));
  box.addEventListener('suoyin-pick', ({ detail: { place } }) => {
    const index = box.places.findIndex(({ id }) => id === place.id);
    say(() => texts().picked(shownText(place.label)));
    map.activate(index);
    map.visit(index);
    all.hidden = true;
    void showCard(place, language.value);
    writeAddress(state(), { step: true });
  });
  box.addEventListener('suoyin-submit', (event) => {
    event.preventDefault();
    void searchAll();
  });
  box.addEventListener('suoyin-fail', ({ detail }) => say(() => problemText(detail)));
  box.addEventListener('suoyin-clear', () => {
    clear();
    writeAddress(state(), { step: true });
  });
  all.addEventListener('click', () => void searchAll());
  const changed = () => {
    apply();
    map.me(near.value === OWN_PLACE && position !== '' ? position.split(',').map(Number) : null);
    if (searched) void searchAll({ step: false });
  };
  for (const field of [language, country, point, byId('places-composing')]) {
    field.addEventListener('change', changed);
  }
  near.addEventListener('change', async () => {
    if (near.value === OWN_PLACE) {
      try {
        position = await ownPosition();
      } catch {
        near.value = '';
        say(() => texts().nearFailed);
      }
    }
    changed();
  });

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
    offer(near, [['', t.nearNone], [OWN_PLACE, t.nearMe], ...cities, [OWN_POINT, t.nearPoint]]);
    offer(country, countryChoices(t.countryAll));
    examples.setAttribute('aria-label', t.examples);
    examples.replaceChildren(
      ...EXAMPLES.map((text, i) => {
        const fill = () => {
          box.focus();
          ask(text);
        };
        const told = element('small', {}, t.exampleNotes[i]);
        return element('button', { type: 'button', on: { click: fill } }, text, ' ', told);
      }),
    );
    box.texts = searchBoxTexts(pageLanguage());
    box.setAttribute('label', t.placesText);
    box.setAttribute('placeholder', t.placeholder);
    said.textContent = sayAgain();
    tellAll();
    map.retell();
    if (searched) showSearch();
    apply();
  };
  const restore = () => {
    const given = readAddress();
    language.value = READERS.some(([value]) => value === given.reader)
      ? given.reader
      : pageLanguage();
    country.value = given.country;
    const isCity = CITIES.some(([, at]) => at === given.near);
    near.value = given.near === '' || isCity ? given.near : OWN_POINT;
    if (near.value === OWN_POINT) point.value = given.near;
    apply();
    if (given.q === '') {
      box.value = '';
      clear();
    } else if (given.search === '') ask(given.q);
    else {
      box.value = given.q;
      void searchAll({ step: false });
    }
  };
  retell();
  restore();
  onReturn(restore);
  return retell;
}

/** @returns `lat,lon`, rounded to a hundred metres. */
function ownPosition() {
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve(`${coords.latitude.toFixed(3)},${coords.longitude.toFixed(3)}`),
      reject,
      { timeout: 10_000, maximumAge: 300_000 },
    );
  });
}
