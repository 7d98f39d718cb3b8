// Property tests run a few times each in `npm run test:unit`; FC_RUNS=all runs them as often as they say.
process.env['FC_RUNS'] ??= '20';
