import { aliasState } from '../../alias/generations.ts';
import { holderText } from '../../alias/holder.ts';
import { wallClock } from '../../alias/live-writes.ts';
import { hostsOff, type HostState } from '../fetch/hosts.ts';
import type { Pictures } from '../work/picture.ts';
import { ingestQueue } from './queue.ts';

/** What is in an image index, and what waits to get in. */
export interface IngestStatus {
  alias: string;
  /** Pictures in the index; null where there is none yet. */
  pictures: number | null;
  /** Pictures in the queue: those that nobody has taken, are worked on, and wait for another try. */
  waiting: number;
  working: number;
  retrying: number;
  /** Pictures that ended every process which worked on them. */
  quarantined: number;
  /** Processes that hold chunks. */
  holders: string[];
  hostsOff: HostState[];
}

/** What is in an image index, and what waits to get in; reads only. */
export async function ingestStatus(
  { engine, index }: Pictures,
  options: { now?: () => number } = {},
): Promise<IngestStatus> {
  const { alias } = index;
  const { now = wallClock } = options;
  const live = await aliasState(engine, alias);
  const queue = await ingestQueue(engine, alias, { now });
  const status: IngestStatus = {
    alias,
    pictures: live === null ? null : await engine.count(alias),
    waiting: 0,
    working: 0,
    retrying: 0,
    quarantined: (await queue.quarantined()).length,
    holders: [],
    hostsOff: await hostsOff(engine, alias),
  };
  const holders = new Set<string>();
  for (const [, { size, lease, notBefore }] of await queue.chunks()) {
    if (lease !== null) {
      status.working += size;
      holders.add(holderText(lease.holder));
    } else if (notBefore > now()) status.retrying += size;
    else status.waiting += size;
  }
  return { ...status, holders: [...holders].sort() };
}
