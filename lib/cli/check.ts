import { writeFile } from 'node:fs/promises';
import { checkPlaces } from '../rebuild/check.ts';
import { warningText } from '../rebuild/record-warnings.ts';
import { writeFault } from '../errors.ts';
import { writableFile } from '../source/named-files.ts';
import { checkPage } from './check-page.ts';
import { FirstFindings, summaryLines, summaryOf } from './check-summary.ts';
import type { CommandSpec } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { note, print, printJson } from './io.ts';
import { JSON_OPTION } from './options.ts';
import { GEOGRAPHY, REQUIRED_SOURCE, sourceOf } from './source-options.ts';

interface Flags {
  json?: true;
  html?: string;
}

/** `suoyin check`: finds bad lines, duplicate ids, orphans, double parents and mismatches of a source. */
export const checkCommand: CommandSpec = {
  name: 'check',
  summary:
    'list what is wrong with a source: bad lines, ids that come twice, orphans, double parents, mismatches',
  options: [
    ...REQUIRED_SOURCE,
    ...GEOGRAPHY.options,
    { ...JSON_OPTION, description: 'print findings as JSON lines, the last one a summary' },
    { flags: '--html <file>', description: 'write a page with a map of what was found' },
  ],
  examples: ['suoyin check --source places.jsonl.gz --boundaries outlines.geojson.gz'],
  async run({ options }, io) {
    const { json, html } = options as Flags;
    if (html !== undefined) writableFile(html);
    const first = new FirstFindings();
    const report = await checkPlaces(sourceOf(options, io), {
      ...GEOGRAPHY.read(options),
      signal: io.onInterrupt(),
      async onFinding(finding) {
        first.add(finding);
        const { id, name, issue, detail, parents } = finding;
        if (json) await printJson(io, finding);
        else await print(io, `${issue}  ${id}  ${name}  ${detail}  [${parents.join(' < ')}]`);
      },
    });
    for (const { file, line, code, message } of report.bad) {
      note(io, `suoyin: ${file} line ${line}: ${message} [${code}]`);
    }
    const more = report.badCount - report.bad.length;
    if (more > 0) note(io, `suoyin: and ${more} more bad lines`);
    for (const warning of report.warnings) note(io, `suoyin: ${warningText(warning)}`);
    const summary = summaryOf(report, first);
    if (json) await printJson(io, { summary });
    note(io, summaryLines(summary));
    if (html !== undefined) {
      await writeFile(html, checkPage(summary, first)).catch((error: unknown) => {
        throw writeFault(error, html);
      });
      note(io, `suoyin: the map is in ${html}`);
    }
    return EXIT.done;
  },
};
