import { availableParallelism } from 'node:os';

export default {
  extension: ['ts'],
  'node-option': ['import=tsx'],
  require: ['./test/support/few-runs.ts', './test/support/root-hooks.ts'],
  spec: ['test/**/*.test.ts'],
  ignore: ['test/**/*.*.test.ts'],
  timeout: 300_000,
  parallel: true,
  // One more than there are cores, for tests that wait for a server's time limit.
  jobs: availableParallelism() + 1,
};
