import { expect } from 'chai';

import { ImageIndex } from '../../lib/image-index.ts';
import { NoteIndex } from '../../lib/note-index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { createHandler } from '../../lib/server/handler.ts';
import { codeOf, failureOf } from '../support/failures.ts';
import { faultProxy, type ProxiedAnswer } from '../support/fault-proxy.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { serve } from '../support/servers.ts';
import { ask, onCluster, PRODUCTS, type TestClient, wipe } from '../support/clusters.ts';

const PLACES = Array.from({ length: 40 }, (_, i) => ({
  id: `p${i}`,
  name: `第${i}村`,
  kind: 'poi',
  country: 'TW',
}));

const SPACE = { dimension: 4, spaceType: 'cosinesimil', dataType: 'float' } as const;

interface Doors {
  places: PlaceIndex;
  notes: NoteIndex;
  images: ImageIndex;
}

/** An answer as it is where one of the shards has no copy left. */
function withoutShard(answer: ProxiedAnswer): ProxiedAnswer {
  const text = String(answer.body);
  const body = text.replace(/"successful":(\d+)/g, (_, n: string) => `"successful":${+n - 1}`);
  return { ...answer, body };
}

for (const product of PRODUCTS) {
  describe(`an index that is not whole, on ${product.title}`, function () {
    const cluster = onCluster(this, product);
    beforeEach(() => wipe(cluster.client, ['places', 'notes', 'images']));
    const indexAt = (client: TestClient): PlaceIndex =>
      new PlaceIndex(product.engine({ client }), { mapping: { numberOfShards: 3 } });
    const close = (index: string): Promise<unknown> =>
      ask(cluster.client, 'POST', `/${index}/_close`);

    it('is an error for whoever searches, counts or scans, never a shorter answer', async () => {
      const whole = indexAt(cluster.client);
      await whole.rebuild(PLACES, { readings: 'data' });
      const proxy = closeAtEnd(await faultProxy(cluster.url));
      const client = closeAtEnd(product.connect(proxy.url));
      const engine = product.engine({ client });
      const index = new PlaceIndex(engine);
      expect(await index.suggest('第', { limit: 100 })).to.have.length(40);
      expect((await index.search('第3村')).total).to.be.greaterThan(0);
      proxy.inject(
        {
          kind: 'handle',
          handle: async (request, forward) => withoutShard(await forward(request)),
        },
        { when: ({ path }) => /_msearch|_search|_count/.test(path), times: Infinity },
      );
      expect(await codeOf(index.suggest('第', { limit: 100 }))).to.equal('PARTIAL_ANSWER');
      expect(await codeOf(index.search('第3村'))).to.equal('PARTIAL_ANSWER');
      expect(await codeOf(engine.count('places'))).to.equal('PARTIAL_ANSWER');
      expect(await codeOf(index.inspect(() => undefined))).to.equal('PARTIAL_ANSWER');
      expect(await codeOf(engine.swapAlias('places', 'places-000001', 'places-000001'))).to.equal(
        'PARTIAL_ANSWER',
      );
    });

    it('is a part that is marked where the caller says that it will do, at every door', async () => {
      const mapping = { numberOfShards: 3 };
      const model = { id: 'own', space: SPACE, threshold: 0.1 };
      const make = (client: TestClient): Doors => {
        const engine = product.engine({ client, refresh: true });
        return {
          places: new PlaceIndex(engine, { mapping }),
          notes: new NoteIndex(engine, { mapping }),
          images: new ImageIndex(engine, { mapping, model }),
        };
      };
      const direct = make(cluster.client);
      await direct.places.rebuild(PLACES, { readings: 'data' });
      await direct.notes.put(
        PLACES.map(({ id, name }) => ({ id, title: name, body: `${name}賞櫻` })),
      );
      for (const [i, { id }] of PLACES.slice(0, 12).entries()) {
        await direct.images.add({ vector: [1, i, 0, 1] }, { id });
      }
      const proxy = closeAtEnd(await faultProxy(cluster.url));
      const doors = make(closeAtEnd(product.connect(proxy.url)));
      const server = await serve(createHandler({ ...doors }));
      const marks = async (allowPartial: boolean): Promise<Record<string, unknown>> => {
        const how = allowPartial ? { allowPartial } : {};
        const marked = async (
          answer: Promise<{ partial?: unknown } | number>,
        ): Promise<unknown> => {
          try {
            const found = await answer;
            return typeof found === 'number' ? undefined : found.partial;
          } catch (error) {
            return (error as { code?: unknown }).code;
          }
        };
        const http = async (method: string, path: string, q: string): Promise<unknown> => {
          const query = `${q}${allowPartial ? '&allowPartial=true' : ''}`;
          const response = await fetch(`${server.origin}/${path}?${query}`, { method });
          const body = (await response.json()) as { partial?: unknown; code?: unknown };
          return body.partial ?? body.code;
        };
        const { places, notes, images } = doors;
        return {
          suggest: await marked(places.suggest('第', how)),
          search: await marked(places.search('第3村', how)),
          descriptions: await marked(places.search('村', { ...how, in: ['descriptions'] })),
          notes: await marked(notes.search('賞櫻', how)),
          like: await marked(notes.like('p1', how)),
          countNotes: await marked(allowPartial ? notes.count({ allowPartial }) : notes.count()),
          similar: await marked(images.similar({ id: 'p1' }, how)),
          exact: await marked(images.similar({ id: 'p1' }, { ...how, exact: true })),
          countImages: await marked(allowPartial ? images.count({ allowPartial }) : images.count()),
          httpSuggest: await http('GET', 'suggest', 'q=%E7%AC%AC'),
          httpSearch: await http('GET', 'search', 'q=%E7%AC%AC3%E6%9D%91'),
          httpNotes: await http('GET', 'notes', 'q=%E8%B3%9E%E6%AB%BB'),
          httpLike: await http('GET', 'similar-notes', 'id=p1'),
          httpSimilar: await http('POST', 'similar', 'id=p1'),
        };
      };
      for (const allowed of [false, true]) {
        for (const [door, mark] of Object.entries(await marks(allowed))) {
          expect(mark, `${door} of a whole index`).to.equal(undefined);
        }
      }
      proxy.inject(
        {
          kind: 'handle',
          handle: async (request, forward) => withoutShard(await forward(request)),
        },
        { when: ({ path }) => /_msearch|_search|_count/.test(path), times: Infinity },
      );
      for (const [door, mark] of Object.entries(await marks(false))) {
        expect(mark, door).to.equal('PARTIAL_ANSWER');
      }
      for (const [door, mark] of Object.entries(await marks(true))) {
        expect(mark, door).to.deep.equal({ shards: 3, answered: 2 });
      }
      // The part that is left never becomes the index, whose only source it is.
      for (const name of ['images', 'notes'] as const) {
        const { live } = await direct[name].status();
        expect(await codeOf(doors[name].rebuild()), name).to.equal('PARTIAL_ANSWER');
        expect((await direct[name].status()).live, name).to.equal(live);
        // What lists the state of an alias is whole as well.
        expect(await codeOf(doors[name].gc({ keep: 0 })), name).to.equal('PARTIAL_ANSWER');
        expect((await direct[name].gc({ keep: 0 })).kept, name).to.include(live);
      }
      expect(await direct.images.count()).to.equal(12);
      expect(await direct.notes.count()).to.equal(40);
    });

    it('is told as one where the cluster refuses parts by itself', async () => {
      const direct = indexAt(cluster.client);
      await direct.rebuild(PLACES, { readings: 'data' });
      const sent: string[] = [];
      const proxy = closeAtEnd(await faultProxy(cluster.url));
      proxy.inject(
        {
          kind: 'handle',
          handle: (request, forward) => {
            sent.push(`${request.path} ${String(request.body)}`);
            return forward(request);
          },
        },
        { when: ({ path }) => /_m?search/.test(path), times: Infinity },
      );
      const index = indexAt(closeAtEnd(product.connect(proxy.url)));
      await index.suggest('第');
      await index.search('第3村');
      await index.inspect(() => undefined);
      const asked = sent.filter((one) => !one.includes('point_in_time') && !one.includes('_pit'));
      expect(asked.length).to.be.greaterThan(2);
      for (const one of asked) expect(one).to.match(/allow_partial_search_results"?[=:]true/);
    });

    it('is told as one where no shard has a copy, by whatever reads', async () => {
      const whole = new PlaceIndex(product.engine({ client: cluster.client }));
      await whole.rebuild(PLACES, { readings: 'data' });
      const made = await ask<Record<string, { mappings: object }>>(
        cluster.client,
        'GET',
        '/places-000001/_mapping',
      );
      const body = await product.engine({ client: cluster.client }).indexBodyOf('places-000001');
      const { analysis } = (body as { settings: { index: { analysis: object } } }).settings.index;
      // No node has this name, so that its one shard is never allocated.
      const index = {
        analysis,
        number_of_replicas: 0,
        'routing.allocation.require._name': 'nobody',
      };
      const { mappings } = made!['places-000001']!;
      const red = { settings: { index }, mappings };
      await ask(cluster.client, 'PUT', '/places-000002?wait_for_active_shards=0', red);
      const add = { index: 'places-000002', alias: 'places' };
      const remove = { index: 'places-000001', alias: 'places' };
      await ask(cluster.client, 'POST', '/_aliases', { actions: [{ remove }, { add }] });
      const engine = product.engine({ client: cluster.client, retryBudgetMs: 1 });
      const places = new PlaceIndex(engine);
      const allowed = { allowPartial: true };
      for (const [verb, asked] of Object.entries({
        suggest: () => places.suggest('第'),
        'suggest of a part': () => places.suggest('第', allowed),
        search: () => places.search('第3村'),
        get: () => places.get('p1'),
        count: () => engine.count('places'),
        versions: () => engine.versions('places', ['p1']),
        inspect: () => places.inspect(() => undefined),
        verify: () => places.verify(PLACES, { readings: 'data' }),
        swap: () => engine.swapAlias('places', 'places-000002', 'places-000002'),
      })) {
        const error = await failureOf(asked());
        expect(error.code, `${verb}: ${error.message}`).to.equal('PARTIAL_ANSWER');
        expect(error.message, verb).to.not.match(/\d:\d{4,5}/);
      }
    });

    it('is not rolled back to where it is closed, and disturbs nothing else', async () => {
      const index = indexAt(cluster.client);
      await index.rebuild(PLACES, { readings: 'data' });
      await index.rebuild(PLACES, { readings: 'data' });
      await close('places-000001');
      expect(await codeOf(index.rollback())).to.equal('INDEX_CLOSED');
      expect(await index.suggest('第3村')).to.not.deep.equal([]);
      const { live, generations } = await index.status();
      expect(live).to.equal('places-000002');
      expect(generations.map(({ name }) => name)).to.deep.equal(['places-000001', 'places-000002']);
      const result = await index.rebuild(PLACES, { readings: 'data' });
      expect(result).to.include({ live: true, documents: 40 });
      expect((await index.gc({ keep: 0 })).kept).to.deep.equal(['places-000003']);
    });

    it('takes a live write while nothing refreshes the generation that is filled', async function () {
      const index = indexAt(cluster.client);
      await index.rebuild(PLACES, { readings: 'data' });
      let statuses: number[] = [];
      let passes = 0;
      async function* writing(): AsyncGenerator<(typeof PLACES)[number]> {
        const filling = ++passes === 2;
        for (const [at, place] of PLACES.entries()) {
          // The source goes on only after the write: where that waited for the fill, both would for ever.
          if (filling && at === 20) {
            const outcomes = await index.put([{ ...PLACES[0]!, id: 'late', name: '新村' }]);
            statuses = outcomes.map(({ status }) => status);
          }
          yield place;
        }
      }
      await index.rebuild(writing, { readings: 'data' });
      expect(statuses).to.deep.equal([201]);
      expect(await index.get('late')).to.not.equal(null);
    });
  });
}
