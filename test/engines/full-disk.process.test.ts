import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { tempFolder } from '../support/folders.ts';
import { mountNamespace } from '../support/mounts.ts';
import { endOf, startScript } from '../support/processes.ts';

const SCRIPT = fileURLToPath(new URL('./full-disk.ts', import.meta.url));
interface Step {
  step: string;
  code: number;
  error: string | null;
  out: string;
  tmp?: string[];
}

describe('a full disk', () => {
  const steps = new Map<string, Step>();
  before(async function () {
    this.timeout(300_000);
    const folder = tempFolder();
    const through = mountNamespace(this, folder);
    const { out, err } = await endOf(startScript(SCRIPT, [folder], { through }));
    for (const line of out.trim().split('\n')) {
      const step = JSON.parse(line) as Step;
      steps.set(step.step, step);
    }
    expect(err).to.equal('');
  });
  const ended = (...names: string[]): unknown[] =>
    names.map((name) => {
      const { code, error } = steps.get(name)!;
      return [name, code, error];
    });

  it('is exit code 10 for whatever writes, wherever it fills up', () => {
    const full = ['rebuild, half way', 'rebuild, full', 'add, full', 'add, no room for thumbnails'];
    expect(ended(...full)).to.deep.equal(full.map((name) => [name, 10, 'DISK_FULL']));
  });

  it('leaves the file whole, the alias where it was, and nothing half written', () => {
    expect(
      ended('check, fresh', 'check, half way', 'check, room', 'check, end', 'check images'),
    ).to.deep.equal([
      ['check, fresh', 0, null],
      ['check, half way', 0, null],
      ['check, room', 0, null],
      ['check, end', 0, null],
      ['check images', 0, null],
    ]);
    expect(steps.get('suggest, full')!.out).to.include('tw-banqiao');
    expect(steps.get('suggest, fresh')!.out).to.equal(steps.get('suggest, full')!.out);
    expect(steps.get('suggest, room')!.out).to.equal(steps.get('suggest, full')!.out);
    expect(steps.get('left')!.tmp).to.deep.equal([]);
  });

  it('lets gc drop generations, of its reserve', () => {
    expect(steps.get('gc, full')).to.deep.include({ code: 0 });
    expect(steps.get('gc, full')!.out).to.match(/^dropped places-000001.*; kept places-000002$/);
  });

  it('is given room by gc --compact, which says what it needs where there is too little', () => {
    expect(ended('compact, full')).to.deep.equal([['compact, full', 10, 'DISK_FULL']]);
    const { compaction } = JSON.parse(steps.get('compact, room')!.out) as {
      compaction: { before: number; after: number };
    };
    expect(compaction.after).to.be.lessThan(compaction.before / 2);
  });

  it('is got over: what failed is done once there is room', () => {
    expect(ended('rebuild, room', 'add, room')).to.deep.equal([
      ['rebuild, room', 0, null],
      ['add, room', 0, null],
    ]);
    expect(steps.get('add, room')!.out).to.match(/^\d added, .* 0 failed/);
  });
});
