import type { CheckFinding, CheckReport } from '../rebuild/check.ts';

type Issue = CheckFinding['issue'];

/** What each finding means, and what to do about it. */
export const MEANINGS: Readonly<Record<Issue, readonly [what: string, todo: string]>> = {
  PARENT_NOT_FOUND: ['name a parent that is nowhere', 'add that place, or name another parent'],
  PARENT_CYCLE: ['are in a circle of parents', 'name another parent for one of them'],
  PARENT_MISMATCH: ['are in another city than they state', 'look which is right; add a correction'],
  PARENT_RIVALS: ['are in several areas of a level', 'look at the outlines; add a correction'],
  PARENT_NEAREST: [
    'are beside all outlines',
    'nothing, if they are on a coast; else check lat and lon',
  ],
  PARENT_NONE: ['have no parent', 'give outlines, or name a parent'],
  CORRECTION_UNUSED: ['corrections are of no place', 'take them out, or check their ids'],
  LOCATION_ZERO: ['are at 0,0', 'leave lat and lon out where they are not known'],
  LOCATION_OUTSIDE: ['are outside their country', 'check lat, lon and country'],
  NAME_TWICE: ['have the name and parent of another place', 'remove one, or tell them apart'],
  NAME_DIFFERS: ['have another name than names has in the local language', 'state which is right'],
};

/** Findings shown per cause. */
const EXAMPLES = 3;

/** The summary of a check, as `--json` prints it in its last line. */
export interface CheckSummary {
  places: number;
  bad: number;
  /** By cause, most frequent first: how many, what to do, and the first ids. */
  causes: { issue: Issue; count: number; todo: string; examples: string[] }[];
  warnings: CheckReport['warnings'];
}

/** Most findings of a cause that the page lists, and most points on its map. */
const [MOST_ROWS, MOST_POINTS] = [500, 5000];

/** Keeps the first findings of a check, since a source may have a million of them. */
export class FirstFindings {
  /** Findings with a position, on the map or not. */
  located = 0;
  readonly #points: CheckFinding[] = [];
  readonly #ofIssue = new Map<Issue, CheckFinding[]>();

  add(finding: CheckFinding): void {
    const { issue } = finding;
    if (!this.#ofIssue.has(issue)) this.#ofIssue.set(issue, []);
    const rows = this.#ofIssue.get(issue)!;
    if (rows.length < MOST_ROWS) rows.push(finding);
    if (!finding.location) return;
    this.located += 1;
    if (this.#points.length < MOST_POINTS) this.#points.push(finding);
  }

  of(issue: Issue): readonly CheckFinding[] {
    return this.#ofIssue.get(issue) ?? [];
  }

  /** Findings that have a position. */
  get points(): readonly CheckFinding[] {
    return this.#points;
  }
}

/** Counts of a check by cause, with the first findings of each. */
export function summaryOf(report: CheckReport, first: FirstFindings): CheckSummary {
  const causes = Object.entries(report.findings)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => {
      const issue = name as Issue;
      const examples = first.of(issue).slice(0, EXAMPLES);
      return { issue, count, todo: MEANINGS[issue][1], examples: examples.map(({ id }) => id) };
    });
  return { places: report.places, bad: report.badCount, causes, warnings: report.warnings };
}

/** The summary as lines for a person. */
export function summaryLines({ places, bad, causes }: CheckSummary): string[] {
  const counts = causes.map(({ issue, count }) => `${count} ${issue}`);
  return [
    ...causes.map(({ issue, count, todo, examples }) => {
      const which = `${examples.join(', ')}${count > examples.length ? ', ...' : ''}`;
      return `${count} ${MEANINGS[issue][0]} (${which}): ${todo} [${issue}]`;
    }),
    `${places} places, ${bad} bad lines; ${counts.join(', ') || 'nothing found'}`,
  ];
}
