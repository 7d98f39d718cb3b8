import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openImages } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { COUNTRY_OPTION, THUMBNAILS_OPTION, thumbnailsOf } from './images-options.ts';
import { note, print, printJson } from './io.ts';
import { JSON_OPTION } from './options.ts';

interface Flags {
  thumbnails?: string;
  fsCheck?: true;
  dbScan?: true;
  all?: true;
  country?: string;
  fix?: true;
  verbose?: true;
  json?: true;
}

/** Findings of one issue that are shown without `--verbose`. */
const SHOWN = 5;

/** `suoyin images check`: what is wrong with an image index, its queue, its files. */
export const imagesCheckCommand: CommandSpec = {
  name: 'check',
  summary:
    'list stuck chunks, hosts that are off, and with more flags files and documents that do not agree; exit 3: something was found',
  options: [
    ...ENGINE_OPTIONS,
    THUMBNAILS_OPTION,
    { flags: '--fs-check', description: 'files and thumbnails against the index, both ways' },
    { flags: '--db-scan', description: 'the form of every document' },
    { flags: '--all', description: 'both of these' },
    COUNTRY_OPTION,
    { flags: '--fix', description: 'heal what can be healed; never deletes a picture' },
    { flags: '--verbose', description: `every finding, not ${SHOWN} of each kind` },
    {
      ...JSON_OPTION,
      description: 'print every finding as a JSON line, and the counts as the last',
    },
  ],
  examples: [
    'suoyin images check',
    'suoyin images check --all --thumbnails thumbnails --verbose',
    'suoyin images check --fs-check --country TW --fix && suoyin images add',
  ],
  async run({ options }, io) {
    const { fsCheck, dbScan, all, country, fix, verbose, json, thumbnails } = options as Flags;
    const { index, close } = await openImages(options, io);
    const shown = new Map<string, number>();
    const lines: Promise<void>[] = [];
    try {
      const report = await index.check({
        ...thumbnailsOf(thumbnails),
        fsCheck: all ?? fsCheck ?? false,
        dbScan: all ?? dbScan ?? false,
        fix: fix ?? false,
        ...(country === undefined ? {} : { filter: { country } }),
        signal: io.onInterrupt(),
        onFinding: (finding) => {
          const count = (shown.get(finding.issue) ?? 0) + 1;
          shown.set(finding.issue, count);
          if (json) lines.push(printJson(io, finding));
          else if (verbose || count <= SHOWN) {
            const { issue, subject, detail, fixed } = finding;
            lines.push(print(io, `${issue}  ${subject}  ${detail}${fixed ? '  [healed]' : ''}`));
          }
        },
      });
      await Promise.all(lines);
      if (json) await printJson(io, report);
      const found = Object.entries(report.findings).map(([issue, count]) => `${count} ${issue}`);
      const { pictures, thumbnails: files, fixed, requeued } = report;
      const healed = fixed > 0 ? `; ${fixed} healed` : '';
      const looked =
        (all ?? fsCheck ?? dbScan)
          ? `${pictures} pictures${thumbnails === undefined ? '' : `, ${files} thumbnails`}`
          : `queue and hosts, none of ${await index.count()} pictures (--all looks at these too)`;
      note(io, `${looked}; ${found.join(', ') || 'nothing found'}${healed}`);
      if (requeued > 0) note(io, `${requeued} wait to be taken in again: suoyin images add`);
      return found.length > 0 ? EXIT.planChanges : EXIT.done;
    } finally {
      await close();
    }
  },
};
