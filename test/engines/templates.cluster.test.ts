import { expect } from 'chai';

import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { ask, onCluster, PRODUCTS, wipe } from '../support/clusters.ts';
import { codeOf, failureOf } from '../support/failures.ts';
import { faultProxy } from '../support/fault-proxy.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { PLAIN, placesOf } from '../faults/rig.ts';

const PLACES = placesOf('v', 60);

for (const product of PRODUCTS) {
  describe(`templates, settings and blocks of the host on ${product.title}`, function () {
    const cluster = onCluster(this, product);
    let engine: Engine;
    let index: PlaceIndex;
    const request = (method: string, path: string, body?: Record<string, unknown>) =>
      ask<Record<string, unknown>>(cluster.client, method, path, body);
    const template = (template: Record<string, unknown>, patterns = ['places*']) =>
      request('PUT', '/_index_template/suoyin-test', {
        index_patterns: patterns,
        priority: 10,
        template,
      });
    const setting = (settings: Record<string, unknown>) =>
      request('PUT', '/_cluster/settings', { transient: settings });
    const clear = async (): Promise<void> => {
      await request('PUT', '/places-*/_settings?allow_no_indices=true', {
        'index.blocks.metadata': null,
      });
      await setting({ 'cluster.blocks.*': null });
      await setting({
        'cluster.max_shards_per_node': null,
        'search.allow_expensive_queries': null,
      });
      await request('DELETE', '/_index_template/suoyin-test');
      await wipe(cluster.client, ['places', 'images']);
      await request('DELETE', '/places');
    };
    const rebuild = () => index.rebuild(PLACES, PLAIN);
    const names = async (): Promise<string[]> =>
      Object.keys((await request('GET', '/places*?filter_path=*.aliases&expand_wildcards=all'))!);
    beforeEach(async () => {
      await clear();
      engine = product.engine({ client: cluster.client, refresh: true });
      index = new PlaceIndex(engine);
    });
    afterEach(clear);

    it('that add to the mapping are no change, and a rebuild that was cut off is resumed', async () => {
      await template({
        mappings: {
          dynamic_templates: [
            { strings: { match_mapping_type: 'string', mapping: { type: 'keyword' } } },
          ],
          date_detection: false,
        },
        settings: { index: { refresh_interval: '30s', number_of_replicas: 3 } },
      });
      await index.rebuild(placesOf('old', 3), PLAIN);
      expect((await index.plan()).action).to.equal('none');
      const settings = (await request('GET', '/places/_settings?flat_settings=true')) as Record<
        string,
        { settings: Record<string, string> }
      >;
      // The template's own where suoyin asks for nothing, ours where it does.
      expect(settings['places-000001']!.settings).to.deep.include({
        'index.refresh_interval': '30s',
        'index.number_of_replicas': '1',
      });
      const stop = new AbortController();
      const many = placesOf('new', 6000);
      const cut = index.rebuild(many, {
        ...PLAIN,
        signal: stop.signal,
        onProgress: ({ stage, done }) => {
          if (stage === 'fill' && done >= 5000) stop.abort();
        },
      });
      expect(await cut.catch((error: unknown) => (error as Error).name)).to.equal('AbortError');
      expect(await index.rebuild(many, PLAIN)).to.include({ resumed: true, documents: 6000 });
    });

    it('that make an index unfit are told by plan and before the first record is read, and nothing stays', async () => {
      const reads: string[] = [];
      function* source(): Generator<(typeof PLACES)[number]> {
        reads.push('read');
        yield* PLACES;
      }
      const unfit: [template: Record<string, unknown>, RegExp][] = [
        [{ settings: { 'index.final_pipeline': 'stamp' } }, /final_pipeline is stamp/],
        [{ settings: { 'index.max_result_window': 50 } }, /max_result_window is 50/],
        [{ settings: { 'index.max_terms_count': 3 } }, /max_terms_count is 3/],
        [
          { settings: { 'index.mapping.total_fields.limit': 5 } },
          /index\.mapping\.total_fields\.limit is 5/,
        ],
        [{ settings: { 'index.blocks.write': true } }, /index\.blocks\.write is set/],
        [{ settings: { 'index.blocks.metadata': true } }, /index\.blocks\.metadata is set/],
        [{ aliases: { places: {} } }, /gets the alias places/],
        [{ mappings: { _routing: { required: true } } }, /_routing is required/],
        [{ mappings: { _source: { excludes: ['names'] } } }, /_source leaves out names/],
      ];
      for (const [body, wanted] of unfit) {
        await template(body);
        for (const action of [() => index.plan(), () => index.rebuild(source, PLAIN)]) {
          const error = await failureOf(action);
          expect(error.code).to.equal('CLUSTER_UNFIT');
          expect(error.message).to.match(wanted);
        }
        expect(await names()).to.deep.equal(['places-state']);
      }
      expect(reads).to.deep.equal([]);
    });

    it('that give aliases to new indexes give them to the live one only', async () => {
      await template({ aliases: { 'search-everything': {}, 'all-places': {} } });
      const holders = async (alias: string): Promise<string[]> =>
        Object.keys((await request('GET', `/_alias/${alias}`)) ?? {});
      let seen: string[] | null = null;
      let passes = 0;
      async function* source(): AsyncGenerator<(typeof PLACES)[number]> {
        if (++passes === 2) seen = await holders('all-places');
        yield* PLACES;
      }
      const { aliasesMoved } = await index.rebuild(source, PLAIN);
      expect(aliasesMoved).to.deep.equal(['all-places', 'search-everything']);
      expect(seen).to.deep.equal([]);
      expect(await holders('all-places')).to.deep.equal(['places-000001']);
      await rebuild();
      expect(await holders('search-everything')).to.deep.equal(['places-000002']);
      expect((await index.gc({ keep: 0 })).dropped).to.deep.equal(['places-000001']);
    });

    it('pass by a default pipeline, and tell a write that a later one has dropped', async function () {
      await template({ settings: { 'index.default_pipeline': 'nobody-made-it' } });
      expect(await rebuild()).to.include({ live: true, documents: 60 });
      expect((await index.put(PLACES.slice(0, 1)))[0]!.status).to.equal(200);
    });

    it('an index called like the alias stops a rebuild before anything is made', async () => {
      await request('PUT', '/places');
      for (const action of [() => index.plan(), () => rebuild()]) {
        const error = await failureOf(action);
        expect(error.code).to.equal('CLUSTER_UNFIT');
        expect(error.message).to.match(/An index has the name places/);
      }
      expect((await names()).filter((name) => /\d/.test(name))).to.deep.equal([]);
    });

    it('the limit of shards is told before the first record, replicas counted', async () => {
      await rebuild();
      const { active_shards: active, unassigned_shards: unassigned } = (await request(
        'GET',
        '/_cluster/health',
      )) as { active_shards: number; unassigned_shards: number };
      // Room for the shard, not for its replica.
      await setting({ 'cluster.max_shards_per_node': active + unassigned + 1 });
      let reads = 0;
      const error = await failureOf(
        index.rebuild(function* () {
          reads += 1;
          yield* PLACES;
        }, PLAIN),
      );
      expect(error.code).to.equal('CLUSTER_UNFIT');
      expect(error.message).to.match(/shards open/);
      expect(reads).to.equal(0);
      expect(await codeOf(index.plan())).to.equal('CLUSTER_UNFIT');
    });

    it('without expensive queries suggest answers from the passes that it can, and plan tells', async () => {
      await rebuild();
      const exact = (await index.suggest('Ka7 v'))[0]?.id;
      const typo = await index.suggest('Ka77x v');
      expect(exact).to.equal('p7');
      await setting({ 'search.allow_expensive_queries': false });
      expect(typo).to.not.have.property('limitedBy');
      const exactly = await index.suggest('Ka7 v');
      expect(exactly[0]?.id).to.equal('p7');
      expect(exactly).to.not.have.property('limitedBy');
      const limited = await index.suggest('Ka77x v');
      expect(limited.length).to.be.at.most(typo.length);
      expect(limited.limitedBy).to.equal('search.allow_expensive_queries');
      expect((await index.search('Ka7')).total).to.be.greaterThan(0);
      expect((await index.plan()).notices.join()).to.match(/allow_expensive_queries is false/);
      expect(await rebuild()).to.include({ live: true });
      await index.gc({ keep: 0 });
    });

    it('without expensive queries pictures are not compared one by one, which is refused and no reason to stop', async () => {
      const space = { dimension: 4, spaceType: 'cosinesimil', dataType: 'float' } as const;
      const images = new ImageIndex(engine, { model: { id: 'own', space, threshold: 0.1 } });
      for (let i = 0; i < 5; i++) await images.add({ vector: [1, i, 0, 1] }, { id: `p${i}` });
      const [nearest] = await images.similar({ id: 'p1' });
      await setting({ 'search.allow_expensive_queries': false });
      expect(await codeOf(images.similar({ id: 'p1' }, { exact: true }))).to.equal(
        'SCRIPT_REFUSED',
      );
      expect((await images.similar({ id: 'p1' }))[0]).to.deep.equal(nearest);
      expect((await images.plan()).notices.join()).to.match(/not searched exactly/);
      expect(await codeOf(images.rebuild())).to.equal('SCRIPT_REFUSED');
      const rebuilt = await images.rebuild({ minRecall: 0 });
      expect(rebuilt).to.include({ live: true, resumed: true, documents: 5, recall: null });
    });

    it('limits of an index that are lower than what is asked for are named, and nothing is half there', async () => {
      await rebuild();
      const images = new ImageIndex(engine, {
        model: {
          id: 'own',
          space: { dimension: 4, spaceType: 'cosinesimil', dataType: 'float' },
          threshold: 0.1,
        },
      });
      for (let i = 0; i < 3; i++) await images.add({ vector: [1, i, 0, 1] }, { id: `p${i}` });
      const limit = (value: Record<string, unknown>) =>
        request('PUT', '/places,images/_settings', value);
      const countries = ['TW', 'JP', 'CN', 'KR'];
      const cases: [setting: string, value: number, action: () => Promise<unknown>][] = [
        ['index.max_terms_count', 3, () => index.suggest('Ka7', { countries })],
        ['index.max_terms_count', 3, () => index.search('Ka7', { countries })],
        ['index.max_result_window', 50, () => index.search('Ka7')],
        ['index.max_result_window', 50, () => images.rebuild()],
      ];
      for (const [name, value, action] of cases) {
        await limit({ [name]: value });
        const error = await failureOf(action);
        await limit({ [name]: null });
        expect(error.code, error.message).to.equal('CLUSTER_UNFIT');
        expect(error.message).to.include(`Give ${name} its default, or a larger value.`);
      }
      const keepAlive = `${product.name === 'opensearch' ? 'point_in_time' : 'search'}.max_keep_alive`;
      const defaults = { 'search.default_keep_alive': '30s' };
      await setting({ ...defaults, [keepAlive]: '1m' });
      const error = await failureOf(images.rebuild());
      await setting({ 'search.default_keep_alive': null, [keepAlive]: null });
      expect(error.code, error.message).to.equal('CLUSTER_UNFIT');
      expect(error.message).to.match(/Give \w+\.max_keep_alive its default/);
      expect((await index.suggest('Ka7', { countries }))[0]?.id).to.equal('p7');
      expect(await images.rebuild()).to.include({ live: true, resumed: true, documents: 3 });
    });

    it('blocks are told as what they are', async () => {
      await rebuild();
      const put = () => index.put(PLACES.slice(0, 1));
      const blocks: [settings: Record<string, unknown>, action: () => Promise<unknown>, RegExp][] =
        [[{ 'cluster.blocks.read_only': true }, put, /cluster is read-only/]];
      // Elasticsearch has no such block.
      if (product.name === 'opensearch') {
        const hint = /cluster\.blocks\.create_index to null/;
        blocks.push([{ 'cluster.blocks.create_index': true }, rebuild, hint]);
      }
      for (const [settings, action, hint] of blocks) {
        const key = Object.keys(settings)[0]!;
        await setting(settings);
        const error = await failureOf(action);
        await setting({ [key]: null });
        expect(error.code, key).to.equal('CLUSTER_BLOCKED');
        expect(error.message, key).to.match(hint);
      }
      const ofIndex: [name: string, RegExp][] = [
        ['read_only', /index\.blocks\.read_only is set on the index/],
        ['read_only_allow_delete', /flood-stage/],
        ['write', /index\.blocks\.write/],
      ];
      for (const [name, hint] of ofIndex) {
        await request('PUT', '/places/_settings', { [`index.blocks.${name}`]: true });
        const error = await failureOf(put);
        await request('PUT', '/places-000001/_settings', { [`index.blocks.${name}`]: null });
        expect(error.code, name).to.equal('CLUSTER_BLOCKED');
        expect(error.message, name).to.match(hint);
      }
      const looks: [name: string, action: () => Promise<unknown>][] = [
        ['read', () => index.suggest('Ka7')],
        ['read', () => index.search('Ka7')],
        ['read', () => index.get('p7')],
        ['metadata', () => index.plan()],
        ['metadata', () => rebuild()],
        ['metadata', () => index.gc()],
      ];
      for (const [name, action] of looks) {
        await request('PUT', '/places-000001/_settings', { [`index.blocks.${name}`]: true });
        const error = await failureOf(action);
        await request('PUT', '/places-000001/_settings', { [`index.blocks.${name}`]: null });
        expect(error.code, error.message).to.equal('CLUSTER_BLOCKED');
        expect(error.message).to.include('places-000001');
        expect(error.message).to.include(`index.blocks.${name} is set on the index`);
      }
      expect((await index.status()).generations).to.have.length(1);
    });

    it('templates never make the state another one', async () => {
      await template(
        {
          settings: { 'index.default_pipeline': 'nobody', 'index.max_result_window': 10 },
          mappings: { dynamic_templates: [] },
        },
        ['places-state'],
      );
      for (let i = 0; i < 30; i++) await engine.writeState('places', `key/${i}`, i);
      expect(await engine.listState('places', 'key/')).to.have.length(30);
    });

    it('what changes documents on their way is found with verify all, also beside the samples', async () => {
      const places = placesOf('v', 1000);
      const proxy = closeAtEnd(await faultProxy(cluster.url));
      const through = product.engine({ client: closeAtEnd(product.connect(proxy.url)) });
      const spoilt = new PlaceIndex(through);
      proxy.inject(
        {
          kind: 'handle',
          handle: (asked, forward) =>
            forward({
              ...asked,
              body: Buffer.from(asked.body.toString().replaceAll('Ka777 v', 'Ka777 w')),
            }),
        },
        { when: ({ path }) => path.includes('/_bulk'), times: Infinity },
      );
      expect(await spoilt.rebuild(places, PLAIN)).to.include({ live: true });
      const error = await failureOf(spoilt.rebuild(places, { ...PLAIN, verify: 'all' }));
      expect(error.code).to.equal('DOCUMENT_DIFFERS');
      expect(error.message).to.match(/places-000002 does not return p777/);
      proxy.clear();
      expect(await spoilt.rebuild(places, { ...PLAIN, verify: 'all' })).to.include({ live: true });
    });

    it('a body of ours is what the server has of it', async () => {
      const { name } = await engine.createGeneration('places', { ...placeMapping() });
      expect(await engine.isLost!(name)).to.equal(false);
      expect(await engine.isLost!('places-000099')).to.equal(false);
    });
  });
}
