import { steadyClock } from '../../clock.ts';
import { SearchError } from '../../errors.ts';

/** Stages of ingesting a picture. */
export type IngestStage = 'fetch' | 'describe' | 'thumbnail' | 'write';

/** Statistics of a stage. */
export interface StageTimes {
  /** Pictures that passed through, including failed ones. */
  count: number;
  /** Input bytes of the pictures that did not fail. */
  bytes: number;
  /** Milliseconds, summed over concurrent runs. */
  ms: number;
  /** Number of failures by error code. */
  failures: Record<string, number>;
}

/** Measures all stages. */
export interface StageClock {
  readonly stages: Readonly<Record<IngestStage, StageTimes>>;
  /** Runs a part of a stage and measures it; `measure` counts pictures (default 1) and bytes. */
  time<T>(
    stage: IngestStage,
    run: () => Promise<T>,
    measure: (result: T) => { count?: number; bytes: number },
  ): Promise<T>;
}

/** Makes a clock for the stages of one run. */
export function stageClock(): StageClock {
  const none = (): StageTimes => ({ count: 0, bytes: 0, ms: 0, failures: {} });
  const stages = { fetch: none(), describe: none(), thumbnail: none(), write: none() };
  return {
    stages,
    async time(stage, run, measure) {
      const times = stages[stage];
      const began = steadyClock();
      try {
        const result = await run();
        const { count = 1, bytes } = measure(result);
        times.count += count;
        times.bytes += bytes;
        return result;
      } catch (error) {
        times.count += 1;
        const code = error instanceof SearchError ? error.code : 'OTHER';
        times.failures[code] = (times.failures[code] ?? 0) + 1;
        throw error;
      } finally {
        times.ms += steadyClock() - began;
      }
    },
  };
}
