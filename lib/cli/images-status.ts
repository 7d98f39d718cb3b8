import { ingestStatus } from '../ingest/queue/queue-status.ts';
import type { CommandSpec } from './command.ts';
import { runLine } from './run-line.ts';
import { ENGINE_OPTIONS, openImages } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { JSON_OPTION } from './options.ts';

/** `suoyin images status`: how many pictures there are, and how many wait. */
export const imagesStatusCommand: CommandSpec = {
  name: 'status',
  summary: 'show how many pictures are indexed, wait, are worked on; and hosts that are off',
  options: [...ENGINE_OPTIONS, JSON_OPTION],
  examples: ['suoyin images status', 'suoyin images status --json'],
  async run({ options }, io) {
    const { engine, index, close } = await openImages(options, io, { to: 'read' });
    try {
      const status = await ingestStatus({ engine, index });
      if (options['json']) {
        await printJson(io, status);
        return EXIT.done;
      }
      const { alias, pictures, waiting, working, retrying, quarantined, holders, hostsOff, runs } =
        status;
      await print(io, `${alias}  ${pictures ?? 'no'} pictures`);
      await print(io, `queue  ${waiting} wait, ${working} in work, ${retrying} to be tried again`);
      for (const holder of holders) await print(io, `  ${holder}`);
      if (quarantined > 0) await print(io, `${quarantined} quarantined: suoyin images check`);
      for (const { host, until, reason } of hostsOff) {
        await print(io, `${host}  off until ${new Date(until).toISOString()}: ${reason}`);
      }
      for (const run of runs) await print(io, runLine(run));
      return EXIT.done;
    } finally {
      await close();
    }
  },
};
