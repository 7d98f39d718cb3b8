import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const script = fileURLToPath(new URL('../../scripts/check-expressions.mjs', import.meta.url));

describe('scripts/check-expressions.mjs', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'expressions-'))));
  after(() => rmSync(folder, { recursive: true }));

  function check(source: string): { status: number | null; told: string } {
    writeFileSync(join(folder, 'file.ts'), source);
    const { status, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
    return { status, told: stderr };
  }

  it('passes what reads every text in one way', () => {
    const source =
      "/^(?:ab)*c$/.test(text); new RegExp('^a+b'); const s = { pattern: '^[a-z]{2}$' };";
    expect(check(source)).to.deep.equal({ status: 0, told: '' });
  });

  for (const [source, what] of [
    ['/^(?:n|na|a)*$/.test(text);', 'exponential'],
    ["new RegExp('\\\\s+$');", '2nd degree polynomial'],
    ["const schema = { pattern: '^(a|a)*$' };", 'exponential'],
    ["new RegExp(`${'a'}+`);", 'built at run time'],
  ] as const) {
    it(`names the place of ${source}`, () => {
      const { status, told } = check(`\n${source}`);
      expect(status).to.equal(1);
      expect(told).to.include('file.ts:2: ').and.include(what);
    });
  }
});
