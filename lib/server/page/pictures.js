/* global document, AbortController, URL */
import { showThumbnail, similar } from './api.js';
import { byId, element } from './element.js';
import { number, problemText, texts, timesText } from './texts.js';

/** Starts the panel. @returns Writes its texts anew. */
export function startPictures() {
  const drop = byId('pictures-drop');
  const file = byId('pictures-file');
  const query = byId('pictures-query');
  const said = byId('pictures-said');
  const list = byId('pictures-list');
  let current = new AbortController();
  let last = null;

  const show = ({ images, times }) => {
    const t = texts();
    list.replaceChildren(...images.map(itemOf));
    said.textContent =
      images.length > 0 ? t.foundPictures(images.length, timesText(times)) : t.foundNoPictures;
  };
  const ask = async (picture) => {
    current.abort();
    const { signal } = (current = new AbortController());
    list.replaceChildren();
    last = null;
    said.textContent = texts().comparing;
    URL.revokeObjectURL(query.src);
    query.src = URL.createObjectURL(picture);
    query.alt = texts().chosen(picture.name);
    query.hidden = false;
    try {
      last = await similar(picture, signal);
      show(last);
    } catch (error) {
      if (signal.aborted) return;
      const none = error.code === 'INDEX_NOT_FOUND';
      said.textContent = none ? texts().foundNoPictures : problemText(error);
    }
  };
  const take = (files) => {
    const picture = [...files].find(({ type }) => type.startsWith('image/'));
    if (picture) void ask(picture);
    else if (files.length > 0) said.textContent = texts().notPicture;
  };

  file.addEventListener('change', () => {
    take(file.files);
    // So that the same file can be chosen again.
    file.value = '';
  });
  query.addEventListener('error', () => (query.hidden = true));
  document.addEventListener('paste', (event) => {
    if (event.clipboardData.files.length > 0) take(event.clipboardData.files);
  });
  // Wherever it falls: the browser would else leave the page for the picture.
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) drop.classList.remove('over');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    take(event.dataTransfer.files);
  });
  return () => {
    if (last) show(last);
  };
}

function itemOf({ id, rule, distance, bits, image }) {
  const t = texts();
  const facts = [
    distance === null ? null : t.pictureDistance(number(distance, { maximumFractionDigits: 3 })),
    bits === null ? null : t.bits(bits),
  ].filter((fact) => fact !== null);
  return element(
    'li',
    {},
    frameOf(id, image),
    element('strong', { class: rule === 'nearest' ? 'rule faint' : 'rule' }, t.rule[rule]),
    element('span', { class: 'id' }, id),
    element('span', { class: 'help' }, facts.join(' · ')),
  );
}

/** The thumbnail; its size and colour, where the server keeps none. */
function frameOf(id, { sha256, width, height, color }) {
  const frame = element('div', { class: 'frame' });
  const size = width && height ? `${width} × ${height}` : '';
  const standIn = () => {
    frame.replaceChildren(element('span', { class: 'size' }, size));
    if (color) frame.style.borderColor = color;
  };
  if (!sha256) standIn();
  else {
    const image = element('img', { alt: texts().thumbnail(id) });
    frame.append(image);
    showThumbnail(image, sha256, standIn);
  }
  return frame;
}
