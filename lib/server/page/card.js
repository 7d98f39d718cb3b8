// What is known of a place that was picked.
import { place } from './api.js';
import { byId, element } from './element.js';
import { number, texts } from './texts.js';

const NAMED = ['zh-Hant', 'zh-Hans', 'ja', 'ko', 'en'];

/** Shows a suggestion, or a hit of a text search; what was asked in the meantime wins. */
export async function showCard(found, lang) {
  const box = byId('places-picked');
  const t = texts();
  const { id, label, name, officialName, kind, location, distanceKm, explain, score } = found;
  const rest = label
    .split(name)
    .join('')
    .split(/[,、]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(label.includes('、') ? '、' : ', ');
  const rows = [
    [t.officialName, officialName === name ? null : officialName],
    [t.position, location ? `${location.lat}, ${location.lon}` : null],
    [t.distance, distanceKm === undefined ? null : `${number(Math.round(distanceKm))} km`],
    [t.id, element('code', {}, id)],
  ].filter(([, value]) => value !== null);
  const names = element('div', { class: 'names' });
  const why = explain && 'state' in explain ? whyRows(found, score) : null;
  box.dataset.id = id;
  box.replaceChildren(
    element('h3', { lang }, name, ' ', element('span', { class: 'kind' }, t.kind[kind])),
    element('p', { class: 'rest', lang }, rest),
    listOf(rows),
    names,
    why && element('details', { class: 'why-fold' }, element('summary', {}, t.whyTitle), why),
  );
  box.hidden = false;
  try {
    const { names: all } = await place(id);
    if (box.dataset.id === id) names.replaceChildren(...namesOf(all, t));
  } catch {
    // The card is whole without them.
  }
}

function listOf(rows) {
  const parts = rows.flatMap(([name, value]) => [
    element('dt', {}, name),
    element('dd', {}, value),
  ]);
  return element('dl', {}, parts);
}

/** Official names by language, and readings. */
function namesOf(names, t) {
  const rows = NAMED.flatMap((language) => {
    const found = names.find((each) => each.language === language && each.kind === 'official');
    if (!found) return [];
    const reading = language === 'ja' ? found.kana : found.pinyin;
    const shown = element('span', { lang: language }, found.text);
    return [[t.languages[language], element('span', {}, shown, reading ? ` · ${reading}` : null)]];
  });
  return rows.length === 0 ? [] : [element('h4', {}, t.names), listOf(rows)];
}

function whyRows(found, score) {
  const t = texts();
  const { explain } = found;
  const parts = Object.entries(t.scoreParts)
    .filter(([part]) => explain[part])
    .map(([part, text]) => `${text} ${number(explain[part], { maximumFractionDigits: 2 })}`);
  return listOf([
    [t.why, whyText(found)],
    [t.score, `${number(score, { maximumFractionDigits: 2 })} = ${parts.join(' + ')}`],
  ]);
}

/** Why a place was suggested, in a line. */
function whyText({ name, explain }) {
  const t = texts();
  const { matchedName, nameKind, state, field, value, reading, whole } = explain;
  // A key of another field is worth telling; that of the name itself is what was typed.
  const how = field === 'name' ? t.state[state] : `${t.state[state]} (${t.field[field]} ${value})`;
  const met = matchedName === name ? null : `${t.met(matchedName)} (${t.nameKind[nameKind]})`;
  const container = reading?.find(({ part }) => part === 'container')?.text;
  return [how, met, whole ? t.whole : null, container ? t.within(container) : null]
    .filter((part) => part !== null)
    .join(' · ');
}
