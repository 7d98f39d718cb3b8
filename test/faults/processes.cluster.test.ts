import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { type Child, endOf, type Run, startCli, startScript } from '../support/processes.ts';
import { onCluster, PRODUCTS } from '../support/clusters.ts';
import { ALIAS, isFill, isSwap, type Place, placesOf, rig, type Rig } from './rig.ts';
import { printedRandom } from '../support/seed.ts';

const WORKER = fileURLToPath(new URL('rebuild-worker.ts', import.meta.url));

/** On the first product, a quarter of them on the others. Fifty as a full measure: SUOYIN_KILL_ROUNDS=50. */
const MOST_ROUNDS = Number(process.env['SUOYIN_KILL_ROUNDS'] ?? 8);
const PLACES = 7000;

for (const product of PRODUCTS) {
  describe(`rebuilds as processes on ${product.title}`, function () {
    const ROUNDS = product === PRODUCTS[0] ? MOST_ROUNDS : Math.ceil(MOST_ROUNDS / 4);
    const cluster = onCluster(this, product);
    this.timeout(300_000 + ROUNDS * 100_000);
    let r: Rig;
    beforeEach(async () => {
      r = await rig(product, cluster.url);
    });

    const sourceOf = (places: readonly Place[], name: string): string => {
      const path = join(r.dataDir, name);
      writeFileSync(path, places.map((place) => `${JSON.stringify(place)}\n`).join(''));
      return path;
    };
    const start = (source: string, ...more: string[]): Child => {
      const engine = ['--engine', product.name, '--node', r.proxy.url, '--data', r.dataDir];
      const command = ['index-rebuild', ALIAS, '--source', source, '--readings', 'data'];
      return startCli([...command, ...engine, ...more]);
    };

    it(`end with the source's content after kill -9 at random points, ${ROUNDS} rounds`, async () => {
      const versions = ['甲', '乙'].map((version) => placesOf(version, PLACES));
      const files = versions.map((places, i) => sourceOf(places, `${i}.jsonl`));
      const before = r.proxy.requests();
      expect((await endOf(start(files[0]!))).code).to.equal(0);
      const requests = r.proxy.requests() - before;
      const random = printedRandom();
      let killed = 0;
      let resumed = 0;
      for (let round = 1; round <= ROUNDS; round++) {
        const next = round % 2;
        let left = 1 + Math.floor(random() * requests);
        const beforeIt = random() < 0.5;
        const moment = `round ${round}, ${beforeIt ? 'before' : 'after'} request ${left} of ${requests}`;
        const child = start(files[next]!);
        const ended = endOf(child);
        r.proxy.inject(
          {
            kind: 'handle',
            handle: async (request, forward) => {
              if (beforeIt) child.kill('SIGKILL');
              const answer = await forward(request);
              child.kill('SIGKILL');
              return answer;
            },
          },
          { when: () => --left === 0 },
        );
        if ((await ended).code === null) killed += 1;
        r.proxy.clear();
        // The alias names the old generation, or the new one, whole.
        expect(await r.direct.aliases(ALIAS), moment).to.have.length(1);
        expect(await r.direct.count(ALIAS), moment).to.equal(PLACES);
        const again = await endOf(start(files[next]!, '--json'));
        expect(again.code, `${moment}: ${again.err}`).to.equal(0);
        if ((JSON.parse(again.out) as { resumed: boolean }).resumed) resumed += 1;
        await r.expectLive(versions[next]!);
      }
      expect(killed).to.be.greaterThan(ROUNDS / 2);
      console.log(`      ${killed} of ${ROUNDS} killed while they ran, ${resumed} gone on with`);
      await r.direct.generations(ALIAS).then((all) => {
        expect(all.filter(({ state }) => state === 'building')).to.deep.equal([]);
      });
    });

    it('are done where one was killed between the swap and the note of it', async () => {
      const places = placesOf('甲', 500);
      const file = sourceOf(places, 'places.jsonl');
      const child = start(file);
      const ended = endOf(child);
      r.proxy.inject(
        {
          kind: 'handle',
          handle: async (request, forward) => {
            const answer = await forward(request);
            child.kill('SIGKILL');
            return answer;
          },
        },
        { when: isSwap },
      );
      await ended;
      const again = await endOf(start(file, '--json'));
      expect(again.code, again.err).to.equal(0);
      expect(JSON.parse(again.out)).to.include({ resumed: true, generation: `${ALIAS}-000001` });
      await r.expectLive(places);
      expect(await r.direct.generations(ALIAS)).to.have.length(1);
    });

    it('stop on SIGTERM with exit code 8, free the lease, and go on', async () => {
      const places = placesOf('甲', PLACES);
      const file = sourceOf(places, 'places.jsonl');
      const child = start(file);
      const ended = endOf(child);
      r.proxy.inject(
        {
          kind: 'handle',
          handle: (request, forward) => {
            child.kill('SIGTERM');
            return forward(request);
          },
        },
        { when: isFill },
      );
      const { code, err } = await ended;
      expect(code, err).to.equal(8);
      expect(err).to.match(/resumes/);
      expect(await r.direct.readState(ALIAS, 'lease')).to.equal(null);
      expect((await endOf(start(file))).code).to.equal(0);
      await r.expectLive(places);
    });

    it('leave with exit code 5 where another one runs, naming it', async () => {
      const file = sourceOf(placesOf('甲', PLACES), 'places.jsonl');
      const child = start(file);
      const ended = endOf(child);
      let second: Promise<Run> | null = null;
      r.proxy.inject(
        {
          kind: 'handle',
          handle: async (request, forward) => {
            second = endOf(start(file));
            await second;
            return forward(request);
          },
        },
        { when: isFill },
      );
      expect((await ended).code).to.equal(0);
      const { code, err } = await second!;
      expect(code).to.equal(5);
      expect(err).to.include(`process ${child.pid} on`);
    });

    it('can change nothing after they were paused past their lease and another took over', async () => {
      const places = placesOf('甲', PLACES);
      const file = sourceOf(places, 'places.jsonl');
      const paused = startScript(WORKER, [product.name, r.proxy.url, file, r.dataDir, '1500']);
      const ended = endOf(paused);
      let fills = 0;
      let stopped: () => void;
      const isStopped = new Promise<void>((resolve) => {
        stopped = resolve;
      });
      r.proxy.inject(
        {
          kind: 'handle',
          handle: async (request, forward) => {
            fills += 1;
            const answer = await forward(request);
            if (fills === 6) {
              paused.kill('SIGSTOP');
              stopped();
            }
            return answer;
          },
        },
        { when: isFill, times: 6 },
      );
      await isStopped;
      // The lease of 1.5 s runs out; until then the second is refused.
      let taken: Run;
      do taken = await endOf(start(file, '--json'));
      while (taken.code === 5);
      expect(taken.code, taken.err).to.equal(0);
      await r.index.put([{ id: 'p1', name: 'Changed later' }]);
      await r.index.delete(['p2']);
      paused.kill('SIGCONT');
      const { code, out } = await ended;
      expect([code, out.trim()]).to.be.deep.oneOf([
        [1, 'LEASE_LOST'],
        [1, 'FENCED'],
      ]);
      const expected = places
        .filter(({ id }) => id !== 'p2')
        .map((place) => (place.id === 'p1' ? { ...place, name: 'Changed later' } : place));
      await r.expectLive(expected);
    });
  });
}
