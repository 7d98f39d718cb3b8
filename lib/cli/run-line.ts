import type { RunTotals } from '../ingest/queue/runs.ts';

/** What all processes have done for a run, in one line. */
export function runLine(run: RunTotals): string {
  const { name, began, added, changed, unchanged, failed, left } = run;
  const counts = `${added} added, ${changed} changed, ${unchanged} unchanged, ${failed} failed`;
  return `run ${name}  ${counts}, ${left} left, since ${began}`;
}
