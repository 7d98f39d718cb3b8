import { setTimeout as sleep } from 'node:timers/promises';
import { RequestError, secretWaitMs } from './problem.ts';

/** Runs work on a picture, or refuses it. */
export type PictureGate = <T, Picture>(
  work: (picture: Picture, signal: AbortSignal) => Promise<T>,
  picture: Picture,
  signal: AbortSignal,
) => Promise<T>;

/**
 * Bounds how many pictures are fetched and decoded at the same time. A place becomes free when its
 * work has ended, even if the client was answered or left long before. An error that names of the internal
 * network may have caused comes when `secretWaitMs` says, which takes no place; the signal ends that wait.
 *
 * @param limits - pictures: 1 or more at the same time; the next one is `OVERLOADED`, 503.
 */
export function pictureGate({ pictures }: { pictures: number }): PictureGate {
  let inside = 0;
  const run: <T>(work: () => Promise<T>) => Promise<T> = async (work) => {
    if (inside >= pictures) {
      const what = 'The server reads as many pictures as it can';
      throw new RequestError('OVERLOADED', what, 'Try again in 1 s.', {
        status: 503,
        headers: { 'retry-after': '1' },
      });
    }
    inside += 1;
    try {
      return await work();
    } finally {
      inside -= 1;
    }
  };
  return async (work, picture, signal) => {
    try {
      return await run(() => work(picture, signal));
    } catch (error) {
      const ms = secretWaitMs(error);
      if (ms > 0) await sleep(ms, undefined, { signal });
      throw error;
    }
  };
}
