import { expect } from 'chai';

import type { Engine } from '../../lib/engines/engine.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { createHandler } from '../../lib/server/handler.ts';
import { PLAIN } from '../faults/rig.ts';
import { runCli } from '../support/cli.ts';
import { needs, onCluster, PRODUCTS } from '../support/clusters.ts';
import { codeOf, failureOf } from '../support/failures.ts';
import { closeAtEnd, giveBack } from '../support/lifetime.ts';
import { serve } from '../support/servers.ts';

/** Characters apart. */
const HAN = Array.from({ length: 100 }, (_, i) => String.fromCodePoint(0x4e00 + 7 * i));
const LIMIT = 64;
/** The longest that is looked at, without a space, so that every piece of it may be a container. */
const LONGEST = ['ja', 'zh-Hant'].map((language) => ({
  text: HAN.slice(0, 64).join(''),
  language,
}));
/** Each is one character from a hundred others. */
const PLACES = HAN.map((character, i) => ({
  id: `p${i}`,
  name: `第${character}村`,
  kind: 'poi',
  country: 'TW',
  descriptions: [{ text: HAN.slice(0, 60).join('') }],
}));

for (const product of PRODUCTS) {
  describe(`the limit of clauses of ${product.title}`, function () {
    const cluster = onCluster(this, product);

    it('as it is by itself takes the longest text', async () => {
      const engine = product.engine({ client: cluster.client, refresh: true });
      const index = new PlaceIndex(engine, { alias: 'clauses' });
      await index.rebuild(PLACES, PLAIN);
      for (const { text, language } of LONGEST) {
        for (const where of [['names'], ['names', 'descriptions']] as const) {
          const near = { lat: 25, lon: 121 };
          const kinds = ['poi' as const];
          const options = { in: where, countries: ['TW'], kinds, near, radiusKm: 9 };
          expect((await index.search(text, { ...options, language })).hits).to.deep.equal([]);
        }
      }
      expect((await index.search('7'.repeat(9) + '0123456789'.repeat(9))).hits).to.deep.equal([]);
      const mistaken = await index.suggest('第啊村', { limit: 100 });
      expect(mistaken.length).to.be.above(LIMIT);
      expect(mistaken).to.not.have.property('limitedBy');
      await engine.dropGeneration('clauses-000001').catch(() => undefined);
    });
  });

  describe(`a lower limit of clauses of ${product.title}`, function () {
    needs(this, product);
    let engine: Engine;
    let index: PlaceIndex;
    let node: string;
    before(async function () {
      this.timeout(900_000);
      if (!('java' in product.means())) return this.skip();
      const settings = {
        'indices.query.bool.max_clause_count': LIMIT,
        // As of services that look at paths only; all of these tests go without indexes in bodies.
        'rest.action.multi.allow_explicit_index': false,
      };
      const cluster = await product.start({ heap: '512m', settings });
      giveBack(() => cluster.stop());
      node = cluster.url;
      engine = product.engine({ client: closeAtEnd(product.connect(cluster.url)), refresh: true });
      index = new PlaceIndex(engine);
      await index.rebuild(PLACES, PLAIN);
    });

    it('marks answers that may lack names with a mistake, at every door, and no others', async () => {
      const setting = 'indices.query.bool.max_clause_count';
      const isLow = product.name === 'opensearch';
      const server = await serve(createHandler({ places: index }));
      const cli = ['--engine', product.name, '--node', node];
      for (const [text, marked] of [
        [`第${HAN[5]!}村`, false],
        ['第啊村', isLow],
        // Asked once, it is known.
        ['第阿村', isLow],
      ] as const) {
        const wanted = marked ? setting : undefined;
        expect((await index.suggest(text)).limitedBy, `suggest ${text}`).to.equal(wanted);
        const query = `q=${encodeURIComponent(text)}`;
        const answer = await fetch(`${server.origin}/suggest?${query}`);
        const told = (await answer.json()) as { limitedBy?: unknown };
        expect(told.limitedBy, `HTTP ${text}`).to.equal(wanted);
        const { code, err } = await runCli(['suggest', text, ...cli]);
        expect(code, err).to.equal(0);
        expect(err.includes(`${setting} of the cluster`), `${text}: ${err}`).to.equal(marked);
      }
    });

    it('is told by plan, and by what it does to a search', async () => {
      const { notices } = await index.plan();
      expect((await index.search('第3村')).hits).to.not.equal(undefined);
      expect((await index.suggest(`第${HAN[5]!}村`))[0]?.id).to.equal('p5');
      const mistaken = await index.suggest('第啊村', { limit: 100 });
      const { text, language } = LONGEST[0]!;
      if (product.name === 'elasticsearch') {
        // It sets the limit by its memory, whatever the setting.
        expect(notices).to.deep.equal([]);
        expect(mistaken.length).to.be.above(LIMIT);
        expect(await codeOf(index.search(text, { language }))).to.equal('no error');
        return;
      }
      expect(notices).to.have.length(1);
      expect(notices[0]).to.match(
        /^indices\.query\.bool\.max_clause_count is 64: search refuses long/,
      );
      expect(mistaken.length).to.be.within(1, LIMIT);
      const error = await failureOf(index.search(text, { language }));
      expect(error.code).to.equal('CLUSTER_UNFIT');
      expect(error.message).to.match(/maxClauseCount is set to 64.*max_clause_count its default/);
    });
  });
}
