// Runs every numbered example and compares what it prints with the .txt file beside it.
// `--write` accepts what is printed now.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../examples');
const write = process.argv.includes('--write');
let failed = 0;

for (const file of readdirSync(folder).filter((name) => /^\d\d-.*\.ts$/.test(name))) {
  const data = mkdtempSync(join(tmpdir(), 'suoyin-example-'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(folder, file), data],
    { cwd: join(folder, '..'), encoding: 'utf8' },
  );
  rmSync(data, { recursive: true, force: true });
  const expectedFile = join(folder, file.replace(/\.ts$/, '.txt'));
  if (write && status === 0) writeFileSync(expectedFile, stdout);
  const expected = readFileSync(expectedFile, 'utf8');
  if (status === 0 && stdout === expected) {
    console.log(`ok ${file}`);
    continue;
  }
  failed += 1;
  console.log(`not ok ${file}: ${status === 0 ? 'prints something else' : `exit code ${status}`}`);
  if (status === 0) printDifference(expected.split('\n'), stdout.split('\n'));
  else console.log(stderr);
}
process.exitCode = failed === 0 ? 0 : 1;

function printDifference(expected, actual) {
  for (let i = 0; i < Math.max(expected.length, actual.length); i += 1) {
    if (expected[i] === actual[i]) continue;
    console.log(`  line ${i + 1}`);
    console.log(`    expected: ${expected[i] ?? '(end)'}`);
    console.log(`    printed:  ${actual[i] ?? '(end)'}`);
  }
}
