import type { RebuildProgress } from '../../lib/rebuild/progress.ts';

/** What a rebuild tells its progress, so that its process says `paused` in the middle of the fill and stops itself, once. */
export function pausing(): (progress: Pick<RebuildProgress, 'stage' | 'done'>) => void {
  let hasStopped = false;
  return ({ stage, done }) => {
    if (hasStopped || stage !== 'fill' || done === 0) return;
    hasStopped = true;
    process.stdout.write('paused\n');
    process.kill(process.pid, 'SIGSTOP');
  };
}
