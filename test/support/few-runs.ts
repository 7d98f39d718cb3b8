// Property tests run a few times each in `npm run test:unit`; FC_RUNS=all runs them as often as they say,
// and makes large data as large as they say.
process.env['FC_RUNS'] ??= '5';
