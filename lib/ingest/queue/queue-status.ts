import { aliasState } from '../../alias/generations.ts';
import { holderText } from '../../alias/holder.ts';
import { wallClock } from '../../clock.ts';
import { hostsOff, type HostState } from '../fetch/hosts.ts';
import type { Pictures } from '../work/picture.ts';
import { ingestQueue } from './queue.ts';
import { type RunTotals, runTotals } from './runs.ts';

/** What an image index contains, and what is waiting in its queue. */
export interface IngestStatus {
  alias: string;
  /** Pictures in the index; null if the index does not exist yet. */
  pictures: number | null;
  /** Pictures in the queue: unclaimed, being worked on, and waiting for another try. */
  waiting: number;
  working: number;
  retrying: number;
  /** Pictures that killed every process that worked on them. */
  quarantined: number;
  /** Processes that hold chunks. */
  holders: string[];
  hostsOff: HostState[];
  /** Runs that have a name, of the last 90 days. */
  runs: RunTotals[];
}

/** What an image index contains, and what is waiting in its queue; reads only. */
export async function ingestStatus(
  { engine, index }: Pictures,
  options: { now?: () => number } = {},
): Promise<IngestStatus> {
  const { alias } = index;
  const { now = wallClock } = options;
  const live = await aliasState(engine, alias);
  const queue = await ingestQueue(engine, alias, { now });
  const chunks = await queue.chunks();
  const status: IngestStatus = {
    alias,
    pictures: live === null ? null : await engine.count(alias),
    waiting: 0,
    working: 0,
    retrying: 0,
    quarantined: (await queue.quarantined()).length,
    holders: [],
    hostsOff: await hostsOff(engine, alias),
    runs: await runTotals(engine, alias, chunks),
  };
  const holders = new Set<string>();
  for (const [, { size, lease, notBefore }] of chunks) {
    if (lease !== null) {
      status.working += size;
      holders.add(holderText(lease.holder));
    } else if (notBefore > now()) status.retrying += size;
    else status.waiting += size;
  }
  return { ...status, holders: [...holders].sort() };
}
