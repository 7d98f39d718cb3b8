/** Colours and sizes are custom properties; what is not set follows the page, light or dark. */
export const STYLE = `
:host {
  --_accent: var(--suoyin-accent, light-dark(#0b6b63, #64cfc2));
  --_ink: var(--suoyin-ink, light-dark(#1b2424, #e6ecea));
  --_faint: var(--suoyin-faint, light-dark(#566263, #a3b0af));
  --_paper: var(--suoyin-paper, light-dark(#fff, #1e2425));
  --_edge: var(--suoyin-edge, light-dark(#7b8886, #7d8c8a));
  --_active: var(--suoyin-active, light-dark(#dff1ee, #17403c));
  --_mark: var(--suoyin-mark, light-dark(#ffe58a, #5e4c00));
  --_bad: var(--suoyin-bad, light-dark(#a12622, #ffaaa3));
  --_radius: var(--suoyin-radius, .6rem);
  display: block;
  position: relative;
  color: var(--_ink);
  font-size: var(--suoyin-font-size, 1rem);
  line-height: 1.45;
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; }
.field { position: relative; display: flex; }
input {
  flex: 1;
  min-width: 0;
  min-height: var(--suoyin-height, 2.75rem);
  padding: .4em 2.6em .4em .8em;
  border: 1px solid var(--_edge);
  border-radius: var(--_radius);
  background: var(--_paper);
  color: inherit;
  font: inherit;
  font-size: max(16px, 1em);
}
input::placeholder { color: var(--_faint); opacity: 1; }
input:focus-visible, button:focus-visible { outline: 3px solid var(--_accent); outline-offset: 1px; }
:host(:disabled) { opacity: .6; }
button {
  position: absolute;
  inset: 0 0 0 auto;
  width: 2.6em;
  padding: 0;
  border: 0;
  border-radius: var(--_radius);
  background: none;
  color: var(--_faint);
  font: inherit;
  font-size: 1.1em;
  cursor: pointer;
}
button:hover { color: var(--_ink); }
.spinner {
  position: absolute;
  inset: 0 2.6em 0 auto;
  width: 1em;
  height: 1em;
  margin: auto;
  border: 2px solid var(--_edge);
  border-top-color: transparent;
  border-radius: 50%;
  opacity: 0;
  pointer-events: none;
}
.busy .spinner { animation: turn .8s linear infinite, show .15s .25s forwards; }
@keyframes turn { to { rotate: 1turn; } }
@keyframes show { to { opacity: 1; } }
@media (prefers-reduced-motion: reduce) { .busy .spinner { animation: show .15s .25s forwards; } }
.popup {
  position: absolute;
  z-index: var(--suoyin-layer, 10);
  inset: calc(100% + .3rem) 0 auto;
  max-height: var(--suoyin-list-height, min(26rem, 60vh));
  overflow-y: auto;
  overscroll-behavior: contain;
  border: 1px solid var(--_edge);
  border-radius: var(--_radius);
  background: var(--_paper);
  box-shadow: 0 .5rem 1.5rem rgb(0 0 0 / 20%);
}
:host([inline]) .popup {
  position: static;
  max-height: var(--suoyin-list-height, none);
  margin-top: .5rem;
  border: 0;
  box-shadow: none;
}
ul { margin: 0; padding: .3rem; list-style: none; }
:host([inline]) ul { padding: .2rem 0; }
li {
  display: grid;
  grid-template-columns: minmax(0, 1fr) auto;
  gap: 0 .75rem;
  padding: .45rem .6rem;
  border-radius: calc(var(--_radius) * .7);
  cursor: pointer;
}
li[aria-selected='true'] { background: var(--_active); box-shadow: inset 3px 0 0 var(--_accent); }
.place, .kind, .note { color: var(--_faint); }
li[aria-selected='true'] :is(.place, .kind, .note) { color: inherit; }
.name { font-weight: 600; }
.place { font-size: .9em; }
.kind { align-self: center; font-size: .8em; white-space: nowrap; }
.note { grid-column: 1 / -1; font-size: .8em; }
.badge {
  margin-inline-end: .5em;
  padding: 0 .45em;
  border: 1px solid currentcolor;
  border-radius: 1em;
}
mark { border-radius: .15em; background: var(--_mark); color: inherit; }
.message { margin: 0; padding: .7rem .9rem; color: var(--_faint); }
.message.bad { color: var(--_bad); }
.said { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (forced-colors: active) { li[aria-selected='true'] { outline: 2px solid Highlight; outline-offset: -2px; } }
`;
