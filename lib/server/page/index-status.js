/* global document, setTimeout, clearTimeout */
import { status } from './api.js';
import { byId, element } from './element.js';
import { number, pageLanguage, problemText, texts } from './texts.js';

/** Milliseconds between looks while a rebuild runs, and while none does. */
const BUSY_MS = 500;
const IDLE_MS = 3000;

/** Starts the panel. @returns Writes its texts anew. */
export function startIndexStatus() {
  const box = byId('index-status');
  const said = byId('index-said');
  let last = null;
  let timer = null;
  let written = '';

  const tell = () => {
    if (last === null) return;
    // Written anew only where something changed, so that a selection and a reader's place stay.
    const next = pageLanguage() + JSON.stringify(last);
    if (next === written) return;
    written = next;
    box.replaceChildren(...last.flatMap(indexOf));
  };
  const look = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    let wait = IDLE_MS;
    try {
      const { indexes } = await status();
      const swapped = last && newlyLive(last, indexes);
      last = indexes;
      tell();
      if (swapped) said.textContent = texts().rebuildLive(swapped);
      else if (last.some(({ rebuild }) => rebuild)) said.textContent = '';
      if (last.some(({ rebuild }) => rebuild?.running)) wait = BUSY_MS;
    } catch (error) {
      said.textContent = problemText(error);
    }
    timer = setTimeout(look, wait);
  };
  document.addEventListener('visibilitychange', () => void look());
  void look();
  return tell;
}

function liveOf({ generations }) {
  return generations.find(({ state }) => state === 'live')?.name;
}

/** Name of the generation that became live between two looks. */
function newlyLive(before, after) {
  const names = before.map(liveOf);
  return after.map(liveOf).find((name) => name !== undefined && !names.includes(name));
}

function indexOf(index) {
  const t = texts();
  const { alias, engine, generations, rebuild } = index;
  const heading = element(
    'h3',
    {},
    `${alias} `,
    element(
      'span',
      { class: `kind ${engine.status}` },
      `${engine.name} · ${t.engine[engine.status]}`,
    ),
  );
  if (generations.length === 0) return [heading, element('p', {}, t.notBuilt)];
  const failed = generations.some((generation) => generation.failed > 0);
  return [
    heading,
    rebuild ? progressOf(rebuild) : null,
    tableOf(alias, generations),
    failed ? element('p', { class: 'help' }, t.lettersHint) : null,
  ].filter((part) => part !== null);
}

function tableOf(alias, generations) {
  const t = texts();
  const heads = [t.generation, t.generationState, t.documents, t.deadLetters];
  return element(
    'table',
    { 'aria-label': alias },
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        heads.map((head) => element('th', { scope: 'col' }, head)),
      ),
    ),
    element(
      'tbody',
      {},
      generations.map(({ name, state, documents, failed, createdAt }) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row', title: createdAt }, name),
          element('td', { class: state }, t.generationStates[state]),
          element('td', { class: 'number' }, number(documents)),
          element('td', { class: 'number' }, failed === undefined ? '–' : number(failed)),
        ),
      ),
    ),
  );
}

function progressOf({ generation, running, stage, documents, of, failed }) {
  const t = texts();
  const done = t.rebuildDone(number(documents), of === null ? null : number(of));
  const letters = failed > 0 ? ` · ${t.deadLetters}: ${number(failed)}` : '';
  // The source may have more than the live generation has; then how far it is is not known.
  const known = stage !== 'read' && of !== null && documents <= of;
  return element(
    'div',
    { class: 'rebuild' },
    element('p', {}, `${t.rebuild(generation)}: ${running ? t.rebuildStage[stage] : t.rebuildCut}`),
    element('progress', {
      'aria-label': t.rebuild(generation),
      ...(known || !running ? { value: documents, max: of ?? documents } : {}),
    }),
    element('p', { class: 'help' }, done + letters),
  );
}
