import { IMAGE_CHECK_SPEC } from '../ingest/work/check.ts';
import type { CommandSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { ENGINE_OPTIONS, openImages } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import {
  COUNTRY_OPTION,
  STORE_OPTIONS,
  type StoreFlags,
  THUMBNAIL_OPTIONS,
  thumbnailsOf,
} from './images-options.ts';
import { note, print, printJson } from './io.ts';
import { JSON_OPTION } from './options.ts';

const CHECK = flagsOf(IMAGE_CHECK_SPEC, ['fsCheck', 'dbScan', 'fix']);

interface Flags extends StoreFlags {
  all?: true;
  country?: string;
  verbose?: true;
  json?: true;
}

/** Findings per issue that are shown without `--verbose`. */
const SHOWN = 5;

/** `suoyin images check`: finds what is wrong with an image index, its queue and its files. */
export const imagesCheckCommand: CommandSpec = {
  name: 'check',
  summary:
    'list stuck chunks, hosts that are off, and with more flags files and documents that do not agree; exit 3: something was found',
  options: [
    ...ENGINE_OPTIONS,
    ...STORE_OPTIONS,
    ...THUMBNAIL_OPTIONS.filter(({ flags }) => /sizes|format|originals/.test(flags)),
    ...CHECK.options,
    { flags: '--all', description: 'both --fs-check and --db-scan' },
    COUNTRY_OPTION,
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
    const { all, country, verbose, json, thumbnails } = options as Flags;
    const asked = { ...CHECK.read(options), ...(all ? { fsCheck: true, dbScan: true } : {}) };
    const stores = thumbnailsOf(options);
    const { index, close } = await openImages(options, io, { to: 'change' });
    const shown = new Map<string, number>();
    const lines: Promise<void>[] = [];
    try {
      const report = await index.check({
        ...stores,
        ...asked,
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
        (asked.fsCheck ?? asked.dbScan)
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
