import { type CheckFinding, checkPlaces } from '../rebuild/check.ts';
import { warningText } from '../rebuild/record-warnings.ts';
import type { CommandSpec } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { note, print, printJson } from './io.ts';
import { BOUNDARIES_OPTION, CORRECTIONS_OPTION, JSON_OPTION } from './options.ts';
import { REQUIRED_SOURCE, type SourceFlags, sourceOf } from './source-options.ts';

interface Flags extends SourceFlags {
  source: string[];
  boundaries?: string;
  corrections?: string;
  json?: true;
}

/** `suoyin check`: bad lines, ids that come twice, orphans, double parents, mismatches of a source. */
export const checkCommand: CommandSpec = {
  name: 'check',
  summary:
    'list what is wrong with a source: bad lines, ids that come twice, orphans, double parents, mismatches',
  options: [
    ...REQUIRED_SOURCE,
    BOUNDARIES_OPTION,
    CORRECTIONS_OPTION,
    { ...JSON_OPTION, description: 'print findings as JSON lines' },
  ],
  examples: ['suoyin check --source places.jsonl.gz --boundaries outlines.geojson.gz'],
  async run({ options }, io) {
    const flags = options as unknown as Flags;
    const { boundaries, corrections, json } = flags;
    const findings: CheckFinding[] = [];
    const report = await checkPlaces(sourceOf(flags, io), {
      ...(boundaries === undefined ? {} : { boundaries }),
      ...(corrections === undefined ? {} : { corrections }),
      signal: io.onInterrupt(),
      onFinding: (finding) => findings.push(finding),
    });
    for (const finding of findings) {
      const { id, name, issue, detail, parents } = finding;
      if (json) await printJson(io, finding);
      else await print(io, `${issue}  ${id}  ${name}  ${detail}  [${parents.join(' < ')}]`);
    }
    for (const { file, line, code, message } of report.bad) {
      note(io, `suoyin: ${file} line ${line}: ${message} [${code}]`);
    }
    const more = report.badCount - report.bad.length;
    if (more > 0) note(io, `suoyin: and ${more} more bad lines`);
    for (const warning of report.warnings) note(io, `suoyin: ${warningText(warning)}`);
    const counts = Object.entries(report.findings).filter(([, count]) => count > 0);
    note(
      io,
      `${report.places} places, ${report.badCount} bad lines; ` +
        (counts.map(([issue, count]) => `${count} ${issue}`).join(', ') || 'nothing found'),
    );
    return EXIT.done;
  },
};
