import { wallClock } from '../../alias/live-writes.ts';
import type { State } from '../../engines/engine.ts';
import type { FetchError } from './fetch-error.ts';
import { type Slots, slotsOf } from './slots.ts';

/** A host that is not asked for now. */
export interface HostState {
  host: string;
  /** Milliseconds since 1970 until which it is left alone. */
  until: number;
  /** Times in a row that it was switched off. */
  times: number;
  /** Code and text of the last failure. */
  code: string;
  reason: string;
}

/** How hosts are treated. */
export interface HostOptions {
  /** Fetches from one host at a time, 1 or more. Default 4. */
  perHost?: number;
  /** Failures in a row after which a host is switched off. Default 10. */
  hostFailures?: number;
  /** For how long, in milliseconds. Default 15 minutes. */
  hostOffMs?: number;
  /** Milliseconds since 1970. Default: the clock of this machine. */
  now?: () => number;
}

export const HOST_DEFAULTS: Readonly<Required<Omit<HostOptions, 'now'>>> = Object.freeze({
  perHost: 4,
  hostFailures: 10,
  hostOffMs: 900_000,
});

/** Times that a host may be switched off in a row before its pictures count as failed. */
const GIVE_UP_AFTER = 3;

/** What is known of the hosts that pictures come from. */
export interface Hosts {
  /** Reads which ones other processes have switched off. */
  refresh(): Promise<void>;
  /** Until when a host is to be left alone, null where it may be asked; `hopeless` after several times. */
  pause(host: string): { until: number; hopeless: boolean; reason: string } | null;
  /** Waits for its turn; call what it returns when done. */
  enter(host: string): Promise<() => void>;
  /** Tells how a fetch went. */
  note(host: string, error: FetchError | null): Promise<void>;
}

interface Known {
  failures: number;
  /** `Retry-After` of the host. */
  askedUntil: number;
  off: HostState | null;
}

const KEY = 'ingest/host/';

/**
 * Gates to the hosts that pictures come from: so many fetches at a time, none while a host asks for a
 * pause, and none for a while after it has failed too often in a row. Which ones are off, and why, is
 * kept in the engine for all processes.
 */
export function ingestHosts(engine: State, alias: string, options: HostOptions = {}): Hosts {
  const { perHost, hostFailures, hostOffMs } = { ...HOST_DEFAULTS, ...options };
  const now = options.now ?? wallClock;
  const known = new Map<string, Known>();
  const gates = new Map<string, { slots: Slots; users: number }>();
  const knownOf = (host: string): Known => {
    const there = known.get(host) ?? { failures: 0, askedUntil: 0, off: null };
    known.set(host, there);
    return there;
  };
  return {
    async refresh() {
      const states = new Map((await hostsOff(engine, alias)).map((state) => [state.host, state]));
      for (const [host, at] of known) {
        at.off = states.get(host) ?? null;
        // Nothing to remember: a set of all hosts ever met would grow for ever.
        if (!at.off && at.failures === 0 && at.askedUntil <= now()) known.delete(host);
      }
      for (const [host, state] of states) knownOf(host).off = state;
    },
    pause(host) {
      const at = known.get(host);
      if (!at) return null;
      const until = Math.max(at.askedUntil, at.off?.until ?? 0);
      if (until <= now()) return null;
      const hopeless = (at.off?.times ?? 0) >= GIVE_UP_AFTER;
      return { until, hopeless, reason: at.off?.reason ?? 'it asked for a pause' };
    },
    async enter(host) {
      const gate = gates.get(host) ?? { slots: slotsOf(perHost), users: 0 };
      gates.set(host, gate);
      gate.users += 1;
      await gate.slots.take();
      return () => {
        gate.slots.free();
        gate.users -= 1;
        if (gate.users === 0) gates.delete(host);
      };
    },
    async note(host, error) {
      const at = knownOf(host);
      if (error === null || !isHostsFault(error)) {
        at.failures = 0;
        if (!at.off) return;
        at.off = null;
        return releaseHost(engine, alias, host).then(() => undefined);
      }
      at.failures += 1;
      if (error.retryAfterSeconds !== null) {
        at.askedUntil = Math.max(at.askedUntil, now() + error.retryAfterSeconds * 1000);
      }
      const isOff = at.off !== null && at.off.until > now();
      if (isOff || (at.failures < hostFailures && !at.off)) return;
      const times = (at.off?.times ?? 0) + 1;
      const { code, message: reason } = error;
      at.off = { host, until: now() + hostOffMs, times, code, reason };
      await engine.writeState(alias, `${KEY}${host}`, at.off);
    },
  };
}

/** Hosts that are switched off, or were and have not answered since. */
export async function hostsOff(engine: State, alias: string): Promise<HostState[]> {
  return (await engine.listState(alias, KEY)).map(({ value }) => value as HostState);
}

/** Asks a host again from now on. */
export async function releaseHost(engine: State, alias: string, host: string): Promise<boolean> {
  if ((await engine.readState(alias, `${KEY}${host}`)) === null) return false;
  await engine.writeState(alias, `${KEY}${host}`, null);
  return true;
}

/** Whether it says something of the host as a whole: a single picture that is missing does not. */
function isHostsFault({ code, retryable }: FetchError): boolean {
  return (retryable && code !== 'NOT_IMAGE') || code === 'TLS_FAILED';
}
