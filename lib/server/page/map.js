// A map without tiles: outlines of countries, and what was found as pins. Nothing is fetched from elsewhere.
/* global document, matchMedia, requestAnimationFrame, cancelAnimationFrame, ResizeObserver */
import { byId, element } from './element.js';
import { startGestures } from './gestures.js';
import { pageLanguage, texts } from './texts.js';

const SVG = 'http://www.w3.org/2000/svg';
/** Degrees of longitude that are seen at most and at least. */
const WIDEST = 360;
const NARROWEST = 0.25;
/** Degrees around answers: coasts and borders, which are coarse, show where they are. */
const AROUND = 12;
/** What is seen at the start: East Asia, as [west, south, east, north]. */
const HOME = [98, 14, 150, 50];
const FLIGHT_MS = 450;
/** Pixels that stay free around pins. */
const MARGIN = 64;
const LABEL_PIXELS = 44;
/** Narrow countries of the readers, whose names stand beside them. */
const BESIDE = new Set(['TW', 'HK', 'SG']);
const BESIDE_PIXELS = 10;

/** Mercator, in degrees. */
const yOf = (lat) =>
  -(Math.log(Math.tan(Math.PI / 4 + (Math.max(-80, Math.min(84, lat)) * Math.PI) / 360)) * 180) /
  Math.PI;

/**
 * Starts the map.
 *
 * @param options - onActive(index): the pointer or focus is on a pin, -1 for none. onPick(index).
 * @returns show(places), activate(index), me(position or null), retell().
 */
export function startMap({ onActive, onPick }) {
  const box = byId('map');
  const pins = byId('map-pins');
  const names = byId('map-names');
  const svg = byId('map-outlines');
  let view = { x: 0, y: 0, span: 60 };
  let size = { width: 1, height: 1 };
  let flight = 0;
  let shown = [];
  let labels = [];
  let own = null;
  let touched = false;

  const toPixels = ([x, y]) => {
    const scale = size.width / view.span;
    return [(x - view.x) * scale + size.width / 2, (y - view.y) * scale + size.height / 2];
  };
  const put = (node, at) => {
    const [left, top] = toPixels(at);
    node.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`;
    // Near the right edge its name is on the left.
    node.classList.toggle('flipped', left > size.width - 150);
    node.hidden = left < -40 || top < -40 || left > size.width + 40 || top > size.height + 40;
  };
  const draw = () => {
    const height = (view.span * size.height) / size.width;
    const { x, y, span } = view;
    svg.setAttribute('viewBox', `${x - span / 2} ${y - height / 2} ${span} ${height}`);
    for (const { node, at } of shown) put(node, at);
    for (const { node, at, width, code } of labels) {
      put(node, at);
      const pixels = (width * size.width) / span;
      const beside = BESIDE.has(code) && pixels < LABEL_PIXELS;
      node.classList.toggle('beside', beside);
      if (pixels < (beside ? BESIDE_PIXELS : LABEL_PIXELS)) node.hidden = true;
    }
    if (own) put(own.node, own.at);
  };
  const within = ({ x, y, span }) => {
    const kept = Math.max(NARROWEST, Math.min(WIDEST, span));
    return { x: Math.max(-180, Math.min(180, x)), y: Math.max(-130, Math.min(140, y)), span: kept };
  };
  const moveTo = (next) => {
    cancelAnimationFrame(flight);
    view = within(next);
    draw();
  };
  const flyTo = (next) => {
    cancelAnimationFrame(flight);
    const to = within(next);
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return moveTo(to);
    const from = view;
    let began = null;
    const step = (now) => {
      began ??= now;
      const t = Math.min(1, (now - began) / FLIGHT_MS);
      const eased = 1 - (1 - t) ** 3;
      const between = (a, b) => a + (b - a) * eased;
      // Spans multiply, so that each moment zooms by as much as the next.
      const span = from.span * (to.span / from.span) ** eased;
      view = { x: between(from.x, to.x), y: between(from.y, to.y), span };
      draw();
      if (t < 1) flight = requestAnimationFrame(step);
    };
    flight = requestAnimationFrame(step);
  };
  const viewOf = ([west, south, east, north], least = 0) => {
    const [top, bottom] = [yOf(north), yOf(south)];
    const usable = (pixels) => Math.max(0.4, (pixels - 2 * MARGIN) / pixels);
    const byWidth = (east - west) / usable(size.width);
    const byHeight = (((bottom - top) / usable(size.height)) * size.width) / size.height;
    const span = Math.max(byWidth, byHeight, least);
    return { x: (west + east) / 2, y: (top + bottom) / 2, span };
  };
  const whole = () => {
    if (shown.length === 0) return flyTo(viewOf(HOME));
    const lons = shown.map(({ at }) => at[0]);
    const lats = shown.map(({ lat }) => lat);
    flyTo(
      viewOf([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)], AROUND),
    );
  };
  /** Zooms by a factor; a point of the map, in pixels, stays where it is. */
  const zoomBy = (factor, point = [size.width / 2, size.height / 2], move = moveTo) => {
    touched = true;
    const span = Math.max(NARROWEST, Math.min(WIDEST, view.span / factor));
    const scale = (view.span - span) / size.width;
    move({
      x: view.x + (point[0] - size.width / 2) * scale,
      y: view.y + (point[1] - size.height / 2) * scale,
      span,
    });
  };
  const panBy = (dx, dy, move = moveTo) => {
    touched = true;
    const scale = view.span / size.width;
    move({ x: view.x - dx * scale, y: view.y - dy * scale, span: view.span });
  };

  startGestures(box, {
    zoomBy,
    panBy: (dx, dy) => panBy(dx, dy),
    glideBy: (dx, dy) => panBy(dx * size.width, dy * size.height, flyTo),
    zoomTo: (factor) => zoomBy(factor, undefined, flyTo),
    whole,
  });
  byId('map-in').addEventListener('click', () => zoomBy(2, undefined, flyTo));
  byId('map-out').addEventListener('click', () => zoomBy(0.5, undefined, flyTo));
  byId('map-whole').addEventListener('click', whole);
  new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width === 0) return;
    size = { width: contentRect.width, height: contentRect.height };
    if (!touched && shown.length === 0) moveTo(viewOf(HOME));
    else draw();
  }).observe(box);
  void loadOutlines(svg).then((countries) => {
    labels = countries.map(({ code, at, width }) => {
      const node = element('span', { class: 'country-name' });
      names.append(node);
      return { node, code, at, width };
    });
    retell();
  });

  const retell = () => {
    box.setAttribute('aria-label', texts().map);
    const name = new Intl.DisplayNames([pageLanguage()], { type: 'region', style: 'short' });
    for (const { node, code } of labels) node.textContent = code === '' ? '' : name.of(code);
    for (const [id, key] of [
      ['map-in', 'zoomIn'],
      ['map-out', 'zoomOut'],
      ['map-whole', 'zoomWhole'],
    ]) {
      byId(id).setAttribute('aria-label', texts()[key]);
      byId(id).title = texts()[key];
    }
    draw();
  };
  return {
    retell,
    /** Pins for places; those without a position have none. */
    show(places, { lang }) {
      shown = places.flatMap(({ location, label, name }, index) => {
        if (!location) return [];
        const node = element(
          'button',
          {
            type: 'button',
            class: 'pin',
            'aria-label': label,
            on: {
              click: () => onPick(index),
              pointerenter: () => onActive(index),
              pointerleave: () => onActive(-1),
              focus: () => onActive(index),
              blur: () => onActive(-1),
            },
          },
          element('span', { class: 'pin-mark', 'data-number': index + 1 }),
          element('span', { class: 'pin-name', lang }, name),
        );
        return [{ node, index, lat: location.lat, at: [location.lon, yOf(location.lat)] }];
      });
      // The first is in front.
      pins.replaceChildren(...shown.map(({ node }) => node).reverse());
      draw();
      const { width, height } = size;
      const seen = shown.map(({ at }) => toPixels(at));
      const isIn = seen.every(([x, y]) => x > 20 && y > 30 && x < width - 20 && y < height - 20);
      const reach = Math.max(
        ...[0, 1].map((axis) => {
          const values = seen.map((point) => point[axis]);
          return (Math.max(...values) - Math.min(...values)) / (axis === 0 ? width : height);
        }),
      );
      if (shown.length > 0 && (!isIn || reach < 0.2)) whole();
    },
    activate(index) {
      for (const { node, index: each } of shown) node.classList.toggle('active', each === index);
    },
    /** Flies to one place. */
    visit(index) {
      const pin = shown.find((each) => each.index === index);
      if (pin) flyTo({ x: pin.at[0], y: pin.at[1], span: Math.min(view.span, 5) });
    },
    /** Where the reader is, or nowhere. */
    me(position) {
      own?.node.remove();
      own = null;
      if (!position) return;
      const node = element('span', { class: 'own', role: 'img', 'aria-label': texts().nearOwn });
      pins.append(node);
      own = { node, at: [position[1], yOf(position[0])] };
      draw();
    },
  };
}

/** Draws the outlines of world.json. @returns Of each country its code, where its name goes, and its width. */
async function loadOutlines(svg) {
  const response = await fetch('page/world.json');
  if (!response.ok) return [];
  const { scale, arcs, countries } = await response.json();
  const lines = arcs.map((steps) => {
    let [x, y] = [0, 0];
    const points = [];
    for (let i = 0; i < steps.length; i += 2) {
      [x, y] = [x + steps[i], y + steps[i + 1]];
      points.push([x / scale, yOf(y / scale)]);
    }
    return points;
  });
  return countries.map(({ code, at, rings }) => {
    const path = document.createElementNS(SVG, 'path');
    const shapes = rings.map((ring) =>
      ring.flatMap((arc) => (arc < 0 ? [...lines[~arc]].reverse() : lines[arc])),
    );
    const text = (shape) => shape.map(([x, y]) => `${x.toFixed(3)} ${y.toFixed(3)}`).join('L');
    path.setAttribute('d', shapes.map((shape) => `M${text(shape)}Z`).join(''));
    svg.append(path);
    const widths = shapes.map((shape) => {
      const xs = shape.map(([x]) => x);
      return Math.max(...xs) - Math.min(...xs);
    });
    return { code, at: [at[0] / scale, yOf(at[1] / scale)], width: Math.max(...widths) };
  });
}
