// Loaded before every run of the tests by .mocharc.json.
import { configureGlobal } from 'fast-check';
import type { RootHookObject } from 'mocha';
import { lifetimeHooks } from './lifetime.ts';
import { MOST_RUNS } from './properties.ts';
import { givenSeed } from './seed.ts';

/** Seconds for what the tests have given back to let the process end. */
const END_SECONDS = Number(process.env['TEST_END_SECONDS'] ?? 30);

/** Sets what property tests start from, and gives mocha the hooks. */
export function mochaHooks(): RootHookObject {
  const seed = givenSeed();
  if (seed !== null || MOST_RUNS < Infinity) {
    configureGlobal({
      ...(seed === null ? {} : { seed }),
      ...(MOST_RUNS < Infinity ? { numRuns: MOST_RUNS } : {}),
    });
  }
  return lifetimeHooks;
}

// So that `exit` comes, and with it the end of what was started.
process.once('SIGTERM', () => process.exit(143));

/** Ends, as a failure, a run that something keeps from ending. */
export function mochaGlobalTeardown(): void {
  setTimeout(() => {
    const kept = [...new Set(process.getActiveResourcesInfo())].join(', ');
    console.error(`The tests ended ${END_SECONDS} s ago, and something still runs: ${kept}`);
    // After mocha's own, which sets the number of failed tests.
    process.on('exit', () => (process.exitCode ||= 1));
    process.exit();
  }, END_SECONDS * 1000).unref();
}
