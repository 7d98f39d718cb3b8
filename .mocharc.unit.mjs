import { availableParallelism } from 'node:os';

export default {
  extension: ['ts'],
  'node-option': ['import=tsx'],
  require: [
    './test/support/few-runs.ts',
    './test/support/unit-only.ts',
    './test/support/root-hooks.ts',
  ],
  spec: ['test/**/*.test.ts'],
  ignore: ['test/**/*.*.test.ts'],
  timeout: 300_000,
  parallel: true,
  jobs: availableParallelism(),
};
