import { detect } from './api.js';
import { countryChoices, offer } from './choices.js';
import { byId, element } from './element.js';
import { number, problemText, texts, timesText } from './texts.js';
import { watchTyping } from './typing.js';

const EXAMPLES = ['清水寺', '新宿御苑', '國立故宮博物院', '涩谷', 'ハルビン'];

/** Starts the panel. @returns Writes its texts anew. */
export function startNameLanguage() {
  const input = byId('name-text');
  const country = byId('name-country');
  const answer = byId('name-answer');
  const typing = watchTyping(input, {
    async ask(name, signal) {
      const { detection, times } = await detect({ name, country: country.value }, signal);
      answer.replaceChildren(...verdict(detection, times));
    },
    clear: () => answer.replaceChildren(),
    fail(error) {
      answer.replaceChildren(element('p', { class: 'said' }, problemText(error)));
    },
  });
  country.addEventListener('change', typing.again);
  const examples = byId('name-examples');
  for (const text of EXAMPLES) {
    const fill = () => {
      input.value = text;
      typing.again();
    };
    examples.append(element('button', { type: 'button', on: { click: fill } }, text));
  }
  const retell = () => {
    offer(country, countryChoices(texts().countryUnknown));
    examples.setAttribute('aria-label', texts().examples);
    typing.again();
  };
  retell();
  return retell;
}

function verdict(detection, times) {
  const t = texts();
  const { language, confidence, reason, ambiguous, alsoZh, alsoJa, zhForm, zhVariant } = detection;
  const percent = number(confidence, { style: 'percent', maximumFractionDigits: 1 });
  const facts = [
    ambiguous && language !== 'und' ? t.ambiguous : null,
    alsoZh && language !== 'zh' ? t.alsoZh : null,
    alsoJa && language !== 'ja' ? t.alsoJa : null,
    zhVariant === null ? null : t.variant[zhVariant],
    zhForm === null ? null : `${t.zhForm}: ${zhForm}`,
  ].filter((fact) => fact !== null);
  return [
    element(
      'p',
      { class: 'verdict' },
      element('strong', {}, t.language[language]),
      language === 'und' ? null : ` ${t.sure(percent)}`,
    ),
    element('p', {}, `${t.why}: ${t.reason[reason] ?? reason} `, element('code', {}, reason)),
    facts.length > 0 ? element('p', {}, facts.join(' · ')) : null,
    element('p', { class: 'help' }, timesText(times)),
  ].filter((part) => part !== null);
}
