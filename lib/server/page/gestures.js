// Wheel, drag, pinch, double click and keys of the map.

/** Pixels that a pointer may move in a click. */
const SLOP = 4;

/**
 * @param box - Takes the gestures; it has the focus for keys.
 * @param acts - zoomBy(factor, point), panBy(dx, dy) in pixels, glideBy(dx, dy) in parts of the map, zoomTo(factor), whole().
 */
export function startGestures(box, { zoomBy, panBy, glideBy, zoomTo, whole }) {
  const fingers = new Map();
  let moved = 0;
  const pointOf = ({ clientX, clientY }) => {
    const { left, top } = box.getBoundingClientRect();
    return [clientX - left, clientY - top];
  };
  const middle = () => {
    const points = [...fingers.values()];
    const mean = (axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
    const center = [mean(0), mean(1)];
    const reach = Math.max(...points.map(([x, y]) => Math.hypot(x - center[0], y - center[1])));
    return { center, reach };
  };
  const isControl = (event) => event.target.closest('button') !== null;

  box.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      // A pinch on a touchpad comes as a wheel with Ctrl, in small steps.
      const step = event.deltaY * lines * (event.ctrlKey ? 4 : 1);
      zoomBy(2 ** (-Math.max(-240, Math.min(240, step)) / 240), pointOf(event));
    },
    { passive: false },
  );
  box.addEventListener('pointerdown', (event) => {
    if (isControl(event) || event.button !== 0) return;
    fingers.set(event.pointerId, pointOf(event));
    moved = 0;
    box.setPointerCapture(event.pointerId);
  });
  box.addEventListener('pointermove', (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = middle();
    fingers.set(event.pointerId, pointOf(event));
    const after = middle();
    const [dx, dy] = [0, 1].map((axis) => after.center[axis] - before.center[axis]);
    moved += Math.hypot(dx, dy);
    if (moved > SLOP || fingers.size > 1) box.classList.add('dragged');
    panBy(dx, dy);
    if (fingers.size > 1 && before.reach > 0) zoomBy(after.reach / before.reach, after.center);
  });
  const lift = ({ pointerId }) => {
    fingers.delete(pointerId);
    if (fingers.size === 0) box.classList.remove('dragged');
  };
  box.addEventListener('pointerup', lift);
  box.addEventListener('pointercancel', lift);
  box.addEventListener('dblclick', (event) => {
    if (!isControl(event)) zoomBy(2, pointOf(event));
  });
  box.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = {
      ArrowLeft: [0.2, 0],
      ArrowRight: [-0.2, 0],
      ArrowUp: [0, 0.2],
      ArrowDown: [0, -0.2],
    };
    if (event.key in moves) glideBy(...moves[event.key]);
    else if (event.key === '+' || event.key === '=') zoomTo(2);
    else if (event.key === '-') zoomTo(0.5);
    else if (event.key === '0') whole();
    else return;
    event.preventDefault();
  });
}
