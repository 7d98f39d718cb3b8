// A wall of the pictures of the index, copies grouped, and pictures like one that is given.
/* global document, AbortController */
import { pictures, showThumbnail, similar } from './api.js';
import { byId, element } from './element.js';
import { number, problemText, texts, timesText } from './texts.js';

/** Bits of 256 in which hashes of copies differ at most; the server looks closer when one is chosen. */
const COPY_BITS = 16;

/** Most groups of a wall that the server is asked for copies that hashes don't tell: mirrored, cropped. */
const ASKED = 24;

/** Starts the panel. @returns Writes its texts anew. */
export function startPictures() {
  const drop = byId('pictures-drop');
  const file = byId('pictures-file');
  const query = byId('pictures-query');
  const said = byId('pictures-said');
  const wall = byId('pictures-wall');
  let current = new AbortController();
  /** Shows again what is shown. */
  let show = () => undefined;

  const begin = () => {
    current.abort();
    current = new AbortController();
    said.textContent = texts().comparing;
    wall.setAttribute('aria-busy', 'true');
    return current.signal;
  };
  const end = (next) => {
    wall.setAttribute('aria-busy', 'false');
    show = next;
    show();
  };
  const fail = (error, signal) => {
    if (signal.aborted) return;
    const none = error.code === 'INDEX_NOT_FOUND' || error.code === 'PATH_UNKNOWN';
    end(() => {
      wall.replaceChildren();
      said.textContent = none ? texts().foundNoPictures : problemText(error);
    });
  };
  const showAll = async () => {
    query.hidden = true;
    const signal = begin();
    try {
      const groups = grouped(await pictures(signal));
      const showWall = () => {
        const count = groups.reduce((sum, group) => sum + group.length, 0);
        said.textContent = count === 0 ? texts().foundNoPictures : texts().wall(number(count));
        wall.replaceChildren(
          element(
            'ol',
            { class: 'gallery' },
            groups.map((group) => groupOf(group, () => void ask(group[0]))),
          ),
        );
      };
      end(showWall);
      await joinCopies(groups, signal, () => {
        const at = [...wall.querySelectorAll('button')].indexOf(document.activeElement);
        showWall();
        wall.querySelectorAll('button')[at]?.focus();
      });
    } catch (error) {
      fail(error, signal);
    }
  };
  /** @param picture - A file, or what is known of an indexed picture. */
  const ask = async (picture) => {
    const signal = begin();
    const { id, sha256 } = picture;
    wall.replaceChildren();
    URL.revokeObjectURL(query.src);
    query.alt = texts().chosen(id ?? picture.name);
    query.hidden = false;
    if (id === undefined) query.src = URL.createObjectURL(picture);
    else void showThumbnail(query, sha256, () => (query.hidden = true));
    try {
      const { images, times } = await similar(id ?? picture, signal);
      end(() => {
        const t = texts();
        said.textContent =
          images.length > 0 ? t.foundPictures(images.length, timesText(times)) : t.foundNoPictures;
        const back = element(
          'button',
          { type: 'button', class: 'wide', on: { click: () => void showAll() } },
          `← ${t.backToWall}`,
        );
        wall.replaceChildren(
          ...sectionOf(
            t.copies,
            images.filter(({ rule }) => rule !== 'nearest'),
          ),
          ...sectionOf(
            t.alike,
            images.filter(({ rule }) => rule === 'nearest'),
          ),
          back,
        );
      });
    } catch (error) {
      fail(error, signal);
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
  void showAll();
  return () => show();
}

/** Pictures with those that look the same by their hash, the largest first; each is in one group. */
function grouped(images) {
  const groups = [];
  for (const image of images) {
    const group = groups.find(([{ dctHash }]) => bitsApart(dctHash, image.dctHash) <= COPY_BITS);
    if (group) group.push(image);
    else groups.push([image]);
  }
  for (const group of groups) group.sort(byWidth);
  return groups;
}

/** Joins groups that the server tells to be copies of each other. */
async function joinCopies(groups, signal, onJoined) {
  for (const group of groups.slice(0, ASKED)) {
    if (!groups.includes(group)) continue;
    const answer = await similar(group[0].id, signal).catch(() => null);
    // What is busy or away is not asked again: the wall is there.
    if (answer === null || signal.aborted) return;
    const copies = answer.images.filter(({ rule }) => rule !== 'nearest').map(({ id }) => id);
    const same = groups.filter(
      (each) => each !== group && each.some(({ id }) => copies.includes(id)),
    );
    for (const each of same) {
      group.push(...each);
      groups.splice(groups.indexOf(each), 1);
    }
    if (same.length === 0) continue;
    group.sort(byWidth);
    onJoined();
  }
}

function byWidth(a, b) {
  return (b.width ?? 0) - (a.width ?? 0);
}

function bitsApart(a, b) {
  if (!a || !b) return Infinity;
  let bits = 0;
  for (let at = 0; at < a.length; at += 8) {
    let rest = (parseInt(a.slice(at, at + 8), 16) ^ parseInt(b.slice(at, at + 8), 16)) >>> 0;
    for (; rest !== 0; rest &= rest - 1) bits += 1;
  }
  return bits;
}

function groupOf(group, choose) {
  const [first, second] = group;
  const { id } = first;
  const stack = group.length > 1;
  return element(
    'li',
    { class: stack ? 'stack' : '' },
    element(
      'button',
      { type: 'button', on: { click: choose } },
      frameOf(id, first),
      stack ? element('span', { class: 'behind' }, frameOf(second.id, second)) : null,
      element('span', { class: 'id' }, id),
      stack ? element('span', { class: 'badge' }, texts().copiesOf(group.length - 1)) : null,
    ),
  );
}

function sectionOf(title, images) {
  if (images.length === 0) return [];
  return [element('h3', {}, title), element('ol', { class: 'gallery' }, images.map(itemOf))];
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
  const frame = element('span', { class: 'frame' });
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
