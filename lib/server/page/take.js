// The query that was asked, as others can ask it.
/* global document, location, navigator, setTimeout, URLSearchParams, getSelection */
import { byId, element } from './element.js';
import { shownText } from '../element/shown-text.js';
import { texts } from './texts.js';

/** Shows how to ask the same from elsewhere. `path` is suggest or search. */
export function showTake({ path, parameters, answer }) {
  const given = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ''));
  const address = new URL(`${path}?${new URLSearchParams(given)}`, location.href.split('#')[0]);
  const t = texts();
  byId('places-code').replaceChildren(
    block('curl', `curl '${address.href.replaceAll("'", '%27')}'`),
    block('JavaScript', codeOf(path, given)),
    block('HTML', htmlOf(given)),
    block(t.answer, JSON.stringify(answer, null, 2)),
  );
  byId('places-take').hidden = false;
}

function codeOf(path, { q, language, countries, near, limit }) {
  const options = [
    `language: ${JSON.stringify(language)}`,
    near ? `near: [${near.replace(',', ', ')}]` : null,
    countries ? `countries: ${JSON.stringify(countries.split(','))}` : null,
    limit ? `limit: ${limit}` : null,
  ].filter((option) => option !== null);
  return [
    "import { embedded, PlaceIndex } from 'suoyin';",
    '',
    "const places = new PlaceIndex(embedded({ dataDir: '.suoyin' }));",
    `const found = await places.${path}(${JSON.stringify(q)}, { ${options.join(', ')} });`,
  ].join('\n');
}

function htmlOf({ language, countries, near }) {
  const quoted = (name, value) => (value ? ` ${name}="${value.replaceAll('"', '&quot;')}"` : '');
  const endpoint = new URL('.', location.href).href.replace(/\/$/, '');
  return [
    '<script type="module">import \'suoyin/element\';</script>',
    `<suoyin-search endpoint="${endpoint}"${quoted('lang', language)}${quoted('country', countries)}${quoted('near', near)}></suoyin-search>`,
  ].join('\n');
}

function block(title, text) {
  const code = element('code');
  code.textContent = text.split('\n').map(shownText).join('\n');
  const button = element('button', { type: 'button', class: 'small' }, texts().copy);
  button.setAttribute('aria-label', `${texts().copy}: ${title}`);
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without https there is no clipboard: what is selected can be copied by hand.
      const range = document.createRange();
      range.selectNodeContents(code);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      return;
    }
    button.textContent = texts().copied;
    setTimeout(() => (button.textContent = texts().copy), 1500);
  });
  return element(
    'div',
    { class: 'code' },
    element('div', { class: 'code-head' }, element('strong', {}, title), button),
    element('pre', { tabindex: '0', 'aria-label': title, role: 'region' }, code),
  );
}
