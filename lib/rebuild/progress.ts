import { steadyClock } from '../clock.ts';

/** Stages of a rebuild, in order. */
export type RebuildStage = 'scan' | 'parents' | 'fill' | 'verify' | 'swap';

/** Progress of a stage. */
export interface RebuildProgress {
  stage: RebuildStage;
  /** Records done in this stage. */
  done: number;
  /** Records of the source; null while the first stage counts them. */
  total: number | null;
  /** How much of the source this stage has read, 0..1; null where unknown. */
  fraction: number | null;
  /** Records a second since the stage began. */
  ratePerSecond: number;
  /** Seconds until the stage ends at this rate; null where unknown. */
  etaSeconds: number | null;
  /** Dead letters so far. */
  failed: number;
}

/** Counts one stage and calls a listener. */
export interface StageMeter {
  /** @param fraction - Needed only if `total` is unknown. */
  report(done: number, failed: number, fraction?: number | null): void;
}

/**
 * A meter for one stage.
 *
 * @param total - Records of the source; null while they are counted.
 * @param options - steadyNow: milliseconds of a steady clock; default `performance.now`.
 */
export function meterStage(
  stage: RebuildStage,
  total: number | null,
  options: {
    steadyNow?: (() => number) | undefined;
    onProgress?: ((progress: RebuildProgress) => void) | undefined;
  } = {},
): StageMeter {
  const { steadyNow = steadyClock, onProgress } = options;
  const began = steadyNow();
  return {
    report(done: number, failed: number, read: number | null = null): void {
      if (!onProgress) return;
      const seconds = (steadyNow() - began) / 1000;
      const fraction = total === null ? read : total === 0 ? 1 : done / total;
      const known = fraction !== null && fraction > 0 && seconds > 0;
      onProgress({
        stage,
        done,
        total,
        fraction,
        ratePerSecond: seconds > 0 ? done / seconds : 0,
        etaSeconds: known ? (seconds * (1 - fraction)) / fraction : null,
        failed,
      });
    },
  };
}
