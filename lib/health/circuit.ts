/** Closed: work passes. Open: nothing does. Half-open: a probe is on its way. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** Keeps work from a backend that does not answer. */
export interface Circuit {
  readonly state: CircuitState;
  /** Whether work may begin; while the circuit is not closed, that work is the probe. */
  admits(): boolean;
  /** @returns True when this closed the circuit. */
  answered(): boolean;
  /** @returns True when this opened the circuit. */
  failed(): boolean;
}

/**
 * A circuit that opens after failures in a row.
 *
 * While it is open one piece of work is let through every `probeEveryMs`, whether the last one has come
 * back or not: a backend that swallows requests would else delay the next look by a whole timeout.
 */
export function createCircuit(options: {
  failuresToOpen: number;
  probeEveryMs: number;
  now: () => number;
}): Circuit {
  const { failuresToOpen, probeEveryMs, now } = options;
  let failures = 0;
  let state: CircuitState = 'closed';
  let nextProbeAt = 0;
  return {
    get state() {
      return state;
    },
    admits() {
      if (state === 'closed') return true;
      if (now() < nextProbeAt) return false;
      state = 'half-open';
      nextProbeAt = now() + probeEveryMs;
      return true;
    },
    answered() {
      failures = 0;
      const closed = state !== 'closed';
      state = 'closed';
      return closed;
    },
    failed() {
      failures++;
      if (state === 'closed' && failures < failuresToOpen) return false;
      const opened = state === 'closed';
      state = 'open';
      if (opened) nextProbeAt = now() + probeEveryMs;
      return opened;
    },
  };
}
