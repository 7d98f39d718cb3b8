/** `closed`: work passes. `open`: nothing passes. `half-open`: a probe is in flight. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** Keeps work from a backend that does not answer. */
export interface Circuit {
  readonly state: CircuitState;
  /** Whether work may start; while the circuit is not closed, that work is the probe. */
  admits(): boolean;
  /** @returns True when this closed the circuit. */
  answered(): boolean;
  /** @returns True when this opened the circuit. */
  failed(): boolean;
}

/**
 * A circuit that opens after failures in a row.
 *
 * While it is open, one piece of work is let through every `probeEveryMs`, whether or not the last
 * probe has returned. Otherwise a backend that swallows requests would delay the next probe by a
 * whole timeout.
 */
export function createCircuit(options: {
  failuresToOpen: number;
  probeEveryMs: number;
  steadyNow: () => number;
}): Circuit {
  const { failuresToOpen, probeEveryMs, steadyNow } = options;
  let failures = 0;
  let state: CircuitState = 'closed';
  let nextProbeAt = 0;
  return {
    get state() {
      return state;
    },
    admits() {
      if (state === 'closed') return true;
      if (steadyNow() < nextProbeAt) return false;
      state = 'half-open';
      nextProbeAt = steadyNow() + probeEveryMs;
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
      if (opened) nextProbeAt = steadyNow() + probeEveryMs;
      return opened;
    },
  };
}
