import { wallClock } from '../../clock.ts';
import type { State } from '../../engines/engine.ts';
import {
  defaultsOf,
  defined,
  NOW,
  type NumberOption,
  type Spec,
  TIMER_MAX,
} from '../../options.ts';
import type { FetchError } from './fetch-error.ts';
import { type Slots, slotsOf } from './slots.ts';

/** A host that is switched off, or was and has not answered since. */
export interface HostState {
  host: string;
  /** No requests are sent to it until then, in milliseconds since 1970. */
  until: number;
  /** How often in a row it was switched off. */
  times: number;
  /** Code and message of the last failure. */
  code: string;
  reason: string;
}

/** How hosts are treated. */
export interface HostOptions {
  /** Most concurrent fetches from one host, 1 or more. Default 4. */
  perHost?: number;
  /** Consecutive failures after which a host is switched off. Default 10. */
  hostFailures?: number;
  /** How long it stays off, in milliseconds. Default 900,000 (15 minutes). */
  hostOffMs?: number;
  /** Returns the time in milliseconds since 1970. Default: the clock of this machine. */
  now?: () => number;
}

const whole = (
  byDefault: number,
  help: string,
  unit?: string,
): NumberOption & { default: number } => ({
  type: 'whole',
  min: 1,
  max: TIMER_MAX,
  default: byDefault,
  ...(unit === undefined ? {} : { unit }),
  help,
});

/** Options that say how hosts are treated. */
export const HOST_SPEC: Spec<HostOptions, 'perHost' | 'hostFailures' | 'hostOffMs'> = {
  code: 'INGEST_OPTION_INVALID',
  options: {
    perHost: whole(4, 'concurrent fetches from one host'),
    hostFailures: whole(10, 'consecutive failures after which a host is switched off'),
    hostOffMs: whole(900_000, 'how long it stays off', 'ms'),
    now: NOW,
  },
};

const HOST_DEFAULTS = defaultsOf(HOST_SPEC);

/** After being switched off this often in a row, a host's pictures count as failed. */
const GIVE_UP_AFTER = 3;

/** Tracks the hosts that pictures come from. */
export interface Hosts {
  /** Reads which hosts other processes have switched off. */
  refresh(): Promise<void>;
  /**
   * Until when no requests may be sent to a host; null if they may. `hopeless` is true once it was
   * switched off several times in a row.
   */
  pause(host: string): { until: number; hopeless: boolean; reason: string } | null;
  /** Waits for a free slot of the host; call the returned function when done. */
  enter(host: string): Promise<() => void>;
  /** Records how a fetch ended. */
  note(host: string, error: FetchError | null): Promise<void>;
}

interface Known {
  failures: number;
  /** Time from the host's `Retry-After`, in milliseconds since 1970. */
  askedUntil: number;
  off: HostState | null;
}

const KEY = 'ingest/host/';

/**
 * Limits the fetches per host: a few at a time, none while the host asks for a pause
 * (`Retry-After`), and none for a while after too many consecutive failures. Which hosts are off,
 * and why, is stored in the engine for all processes.
 */
export function ingestHosts(engine: State, alias: string, options: HostOptions = {}): Hosts {
  const { perHost, hostFailures, hostOffMs } = { ...HOST_DEFAULTS, ...defined(options) };
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
        // Nothing to remember: a map of all hosts ever seen would grow without limit.
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
      return { until, hopeless, reason: at.off?.reason ?? 'it asked for a pause (Retry-After)' };
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

/** Switches a host on again. False if it was not off. */
export async function releaseHost(engine: State, alias: string, host: string): Promise<boolean> {
  if ((await engine.readState(alias, `${KEY}${host}`)) === null) return false;
  await engine.writeState(alias, `${KEY}${host}`, null);
  return true;
}

/** Whether an error concerns the host as a whole; a single missing picture does not. */
function isHostsFault({ code, retryable }: FetchError): boolean {
  return (retryable && code !== 'NOT_IMAGE') || code === 'TLS_FAILED';
}
