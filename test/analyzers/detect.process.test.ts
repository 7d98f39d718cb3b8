import { execFileSync } from 'node:child_process';
import { expect } from 'chai';

/** Packages with a dictionary that a fresh process has loaded when it has run some lines. */
function loadedBy(lines: string): string[] {
  const script = `
    import { createRequire } from 'node:module';
    import { detectLanguage, detectLanguages, loadDetector } from './lib/analyzers/detect.ts';
    ${lines}
    const files = Object.keys(createRequire(import.meta.url).cache);
    const packages = ['kuromoji', 'jieba'].filter((name) => files.some((file) => file.includes(name)));
    console.log(JSON.stringify(packages));
  `;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const cwd = new URL('../..', import.meta.url);
  return JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: 'utf8' })) as string[];
}

describe('detectLanguage in a fresh process', () => {
  it('loads no dictionary unless it is asked for', () => {
    const lines = `
      for (const name of ['臺北', '中山', '清水寺', '浅草', '東京タワー', 'Taipei', '']) {
        await detectLanguage(name);
        await detectLanguage(name, { hint: { country: 'JP' } });
      }
      await detectLanguages(['臺北', { name: '中山', hint: { country: 'TW' } }]);
      (await loadDetector({ dictionaries: false })).detect('中山');
    `;
    expect(loadedBy(lines)).to.deep.equal([]);
  });

  it('loads both for the first name that needs them', () => {
    const asked = '{ dictionaries: true }';
    const sure = `for (const name of ['東京タワー', '长沙', 'Taipei', '']) await detectLanguage(name, ${asked});`;
    expect(loadedBy(sure)).to.deep.equal([]);
    expect(loadedBy(`await detectLanguage('清水寺', ${asked});`)).to.deep.equal([
      'kuromoji',
      'jieba',
    ]);
  });
});
