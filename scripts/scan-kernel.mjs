// Compiles lib/engines/embedded/scan.wat and writes it to scan-code.ts as base64, so that bundlers and
// tests need no file of another kind. With --check it only tells whether that is up to date.
import { Buffer } from 'node:buffer';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import wabtOf from 'wabt';

const folder = join(import.meta.dirname, '../lib/engines/embedded');
const { parseWat } = await wabtOf();
const source = parseWat('scan.wat', readFileSync(join(folder, 'scan.wat'), 'utf8'), { simd: true });
const base64 = Buffer.from(source.toBinary({}).buffer).toString('base64');
const lines = base64.match(/.{1,90}/g).map((part) => `  '${part}'`);
const code = `// Made by scripts/scan-kernel.mjs from scan.wat.

/** Base64 of a WebAssembly module. */
export const SCAN_CODE: string =
${lines.join(' +\n')};
`;
const path = join(folder, 'scan-code.ts');
if (!process.argv.includes('--check')) writeFileSync(path, code);
else if (readFileSync(path, 'utf8') !== code) {
  console.error('scan-code.ts is out of date: node scripts/scan-kernel.mjs');
  process.exitCode = 1;
}
