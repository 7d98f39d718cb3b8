// Benchmarks by name: npm run bench -- suggest
const [name, ...args] = process.argv.slice(2);
switch (name) {
  case 'suggest':
    try {
      await (await import('./suggest.ts')).benchSuggest(args);
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
    break;
  case 'bulk':
    try {
      await (await import('./bulk.ts')).benchBulk(args);
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
    break;
  case 'contender':
    (await import('./contender.ts')).serveContender();
    break;
  default:
    console.error('npm run bench -- suggest|bulk [--help]');
    process.exitCode = 2;
}
