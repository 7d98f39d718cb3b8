import { expect } from 'chai';

import type { Engine } from '../../lib/engines/engine.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { RECORDS } from '../rebuild/records.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';

/** What a rebuild promises on every engine. */
export function liveWritesContract(makeEngine: () => Engine): void {
  let dataDir: string;
  let engine: Engine;
  let index: PlaceIndex;
  beforeEach(() => {
    dataDir = tempFolder();
    engine = makeEngine();
    index = closeAtEnd(new PlaceIndex(engine, { dataDir }));
  });

  it('keeps what is put and deleted while it runs, in every stage', async () => {
    await index.rebuild(RECORDS);
    const other = new PlaceIndex(engine, { dataDir });
    const leaves = RECORDS.map(({ id }) => id as string).filter(
      (id) => !RECORDS.some(({ parent }) => parent === id),
    );
    const [gone, changed, ...rest] = leaves;
    const writes: Promise<unknown>[] = [];
    let stages = 0;
    const result = await index.rebuild(RECORDS, {
      onProgress: ({ stage }) => {
        if (writes.length > stages) return;
        stages += 1;
        const n = writes.length;
        writes.push(
          (async (): Promise<void> => {
            await other.delete([gone!, rest[n]!]);
            await other.put([
              { id: changed!, name: `Newname ${stage}` },
              { id: `new${n}`, name: `Newplace ${stage}` },
            ]);
          })(),
        );
      },
    });
    await Promise.all(writes);
    expect(writes.length).to.be.greaterThan(3);
    expect(result.generation).to.equal('places-000002');
    expect((await index.status()).live).to.equal('places-000002');
    expect(await index.get(gone!)).to.equal(null);
    for (const [n] of writes.entries()) {
      expect(await index.get(rest[n]!)).to.equal(null);
      expect(await index.get(`new${n}`)).to.not.equal(null);
    }
    expect((await index.get(changed!))!.names[0]!.text).to.match(/^Newname/);
    expect(await engine.listState('places', 'live/')).to.deep.equal([]);
  });

  it('keeps the former generation fresh for a rollback, as long as told', async () => {
    let time = Date.now();
    const clocked = new PlaceIndex(engine, { dataDir, now: () => time });
    await index.rebuild(RECORDS);
    await index.rebuild(RECORDS, { keepFreshMs: 60_000 });
    await clocked.put([{ id: 'soon', name: 'Soon' }]);
    time += 3_600_000;
    await clocked.put([{ id: 'late', name: 'Late' }]);
    await index.rollback();
    expect((await index.get('soon'))?.id).to.equal('soon');
    expect(await index.get('late')).to.equal(null);
  });

  it('says what became of writes after a rollback to a fresh generation, and loses none on the way back', async () => {
    await index.rebuild(RECORDS);
    await index.rebuild(RECORDS, { keepFreshMs: 3_600_000 });
    await index.rollback();
    const [put] = await index.put([{ id: 'back', name: 'Back' }]);
    const [deleted] = await index.delete(['poi:marina']);
    expect([put!.status, deleted!.status]).to.deep.equal([201, 200]);
    await index.rollback();
    expect((await index.get('back'))?.id).to.equal('back');
    expect(await index.get('poi:marina')).to.equal(null);
  });

  it('says where a write of a host whose clock is ahead is the newer one; a rebuild ends that', async () => {
    await index.rebuild(RECORDS);
    const ahead = new PlaceIndex(engine, { dataDir, now: () => Date.now() + 7_200_000 });
    const behind = new PlaceIndex(engine, { dataDir, now: () => Date.now() - 7_200_000 });
    const [{ id, name }] = RECORDS as [{ id: string; name: string }];
    const renamed = (to: string): object => ({ ...RECORDS[0], name: to });
    await ahead.put([renamed('Ahead')]);
    for (const [outcome] of [
      await index.put([renamed('Now')]),
      await index.delete([id]),
      await behind.put([renamed('Behind')]),
    ]) {
      expect(outcome!.status).to.equal(409);
      const [, seconds] = /a write from (\d+) s ahead of this clock/.exec(outcome!.reason!)!;
      expect(Number(seconds)).to.be.within(7100, 14_400);
    }
    expect((await index.get(id))!.names[0]!.text).to.equal('Ahead');
    await index.rebuild(RECORDS);
    expect((await index.get(id))!.names[0]!.text).to.equal(name);
    expect((await index.put([renamed('Now')]))[0]!.status).to.equal(200);
    // What the host that is ahead writes next is told again, and what comes within a second is not.
    const [older] = await behind.put([renamed('Behind')]);
    expect(older!.status).to.equal(409);
    expect(older!.reason).to.match(/ahead of this clock/);
    const version = (Date.now() + 1_000_000) * 1000;
    await index.put([renamed('Later')], { version });
    const next = new PlaceIndex(engine, { dataDir, now: () => version / 1000 });
    const [same] = await next.put([renamed('Older')], { version: version - 1 });
    expect(same!.status).to.equal(409);
    expect(same!.reason ?? '').to.not.match(/ahead of this clock/);
  });

  it('takes the newer of two writes, whatever their order', async () => {
    await index.rebuild(RECORDS);
    const version = 2 ** 50;
    await index.put([{ id: 'x', name: 'New' }], { version: version + 1 });
    const [late] = await index.put([{ id: 'x', name: 'Old' }], { version });
    expect(late!.status).to.equal(409);
    expect((await index.get('x'))!.names[0]!.text).to.equal('New');
    const error: unknown = await index
      .put([{ id: 'x', name: 'Y' }], { version: 7 })
      .catch((e: unknown) => e);
    expect(error).to.have.property('code', 'VERSION_INVALID');
  });
}
