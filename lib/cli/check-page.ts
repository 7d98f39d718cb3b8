import type { CheckFinding } from '../rebuild/check.ts';
import { shownText } from '../shown-text.ts';
import { type CheckSummary, type FirstFindings, MEANINGS } from './check-summary.ts';

const COLOURS = ['#c22', '#26c', '#190', '#a0a', '#b60', '#077', '#555'];
/** Width and height of the map. */
const [WIDTH, HEIGHT] = [960, 480];

/** A page about a check, with a map of the findings that have a position. It loads no other file. */
export function checkPage(summary: CheckSummary, first: FirstFindings): string {
  const { causes, places, bad } = summary;
  const colourOf = new Map(causes.map(({ issue }, i) => [issue, COLOURS[i % COLOURS.length]!]));
  const sections = causes.map(({ issue, count, todo }) => {
    const rows = first.of(issue);
    const rest = count > rows.length ? `<p>and ${count - rows.length} more</p>` : '';
    const colour = colourOf.get(issue)!;
    return `<h2><i style="background:${colour}"></i>${count} ${escaped(MEANINGS[issue][0])} <code>${issue}</code></h2>
<p>${escaped(todo)}</p><table>${rows.map(row).join('')}</table>${rest}`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>suoyin check</title>
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
td{padding:.1rem .8rem .1rem 0;vertical-align:top}i{display:inline-block;width:.8em;height:.8em;border-radius:50%;margin-right:.5em}
svg{width:100%;background:#eef3f7}</style></head><body>
<h1>${places} places, ${bad} bad lines</h1>
${mapOf(first, colourOf)}
${sections.join('\n') || '<p>Nothing found.</p>'}
</body></html>
`;
}

function row({ id, name, detail, parents, location }: CheckFinding): string {
  const cells = [
    id,
    name,
    detail,
    location ? `${location.lat},${location.lon}` : '',
    parents.join(' < '),
  ];
  return `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
}

function mapOf(first: FirstFindings, colourOf: ReadonlyMap<string, string>): string {
  const shown = first.points.flatMap((finding) =>
    finding.location ? [{ ...finding, location: finding.location }] : [],
  );
  if (shown.length === 0) return '';
  const lines = [-120, -60, 0, 60, 120].map((lon) => `M${xOf(lon)} 0V${HEIGHT}`);
  const across = [-60, -30, 0, 30, 60].map((lat) => `M0 ${yOf(lat)}H${WIDTH}`);
  const dots = shown.map(
    ({ id, name, issue, location: { lat, lon } }) =>
      `<circle cx="${xOf(lon)}" cy="${yOf(lat)}" r="3" fill="${colourOf.get(issue) ?? '#555'}" fill-opacity=".7"><title>${escaped(`${issue} ${id} ${name}`)}</title></circle>`,
  );
  const more = first.located - shown.length;
  const rest = more > 0 ? `<p>${more} more are not on the map</p>` : '';
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="where the findings are: longitude -180 to 180, latitude -90 to 90"><path d="${[...lines, ...across].join('')}" stroke="#ccd6de"/>${dots.join('')}</svg>${rest}`;
}

function xOf(lon: number): string {
  return (((lon + 180) / 360) * WIDTH).toFixed(1);
}

function yOf(lat: number): string {
  return (((90 - lat) / 180) * HEIGHT).toFixed(1);
}

/** Escapes text of a source for the page. */
function escaped(text: string): string {
  return shownText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
