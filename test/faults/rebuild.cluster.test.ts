import { expect } from 'chai';

import { documentWith } from '../support/documents.ts';
import type { Fault, ProxiedAnswer, ProxiedRequest } from '../support/fault-proxy.ts';
import { onCluster, PRODUCTS } from '../support/clusters.ts';
import { ALIAS, isFill, isSwap, PLAIN, placesOf, rig, type Rig } from './rig.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { codeOf, failureOf } from '../support/failures.ts';
import { closeAtEnd } from '../support/lifetime.ts';

const OLD = placesOf('old', 300);
const NEW = placesOf('new', 6000);

for (const product of PRODUCTS) {
  describe(`a rebuild on ${product.title}`, function () {
    const cluster = onCluster(this, product);
    let r: Rig;
    beforeEach(async () => {
      r = await rig(product, cluster.url);
      await r.index.rebuild(OLD, PLAIN);
    });

    /** Answers a bulk request with this status for some of its items, and passes on the rest. */
    const itemsWith =
      (status: number, type: string, hit: (n: number) => boolean) =>
      async (
        request: ProxiedRequest,
        forward: (request: ProxiedRequest) => Promise<ProxiedAnswer>,
      ): Promise<ProxiedAnswer> => {
        const lines = request.body.toString().trimEnd().split('\n');
        const pairs = lines.flatMap((line, i) =>
          i % 2 === 0 ? [`${line}\n${lines[i + 1]!}\n`] : [],
        );
        const kept = pairs.filter((_, n) => !hit(n)).join('');
        const real: ProxiedAnswer = kept
          ? await forward({ ...request, body: Buffer.from(kept) })
          : { status: 200, headers: { 'content-type': 'application/json' }, body: '{"items":[]}' };
        const { items } = JSON.parse(String(real.body)) as { items: unknown[] };
        const all = pairs.map((_, n) =>
          hit(n) ? { index: { status, error: { type, reason: 'injected' } } } : items.shift(),
        );
        const { 'content-length': _length, ...headers } = real.headers ?? {};
        return { status: 200, headers, body: JSON.stringify({ errors: true, items: all }) };
      };

    const json = { 'content-type': 'application/json' };
    const FAULTS: [name: string, inject: () => void][] = [
      [
        'a storm of rejected items',
        () => {
          const handle = itemsWith(429, 'rejected_execution_exception', (n) => n % 3 > 0);
          r.proxy.inject({ kind: 'handle', handle }, { when: isFill, times: 6 });
        },
      ],
      [
        'requests answered 429',
        () => {
          const answer = { status: 429, headers: json, body: '{}' };
          r.proxy.inject({ kind: 'answer', answer }, { when: isFill, times: 4 });
        },
      ],
      [
        'items whose primary moves',
        () => {
          const handle = itemsWith(503, 'unavailable_shards_exception', (n) => n % 7 === 0);
          r.proxy.inject({ kind: 'handle', handle }, { when: isFill, times: 2 });
        },
      ],
      [
        'connections that are reset',
        () => r.proxy.inject({ kind: 'reset' }, { when: isFill, times: 3 }),
      ],
      [
        'answers that break off',
        () => r.proxy.inject({ kind: 'half-close' }, { when: isFill, times: 2 }),
      ],
      [
        'answers lost after the commit',
        () => r.proxy.inject({ kind: 'lose-answer' }, { when: isFill, times: 3 }),
      ],
      [
        'a slow network',
        () => r.proxy.inject({ kind: 'delay', ms: 300 }, { when: isFill, times: 3 }),
      ],
      [
        "a proxy's page in place of answers",
        () => {
          const answer = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' };
          r.proxy.inject({ kind: 'answer', answer }, { when: isFill, times: 2 });
        },
      ],
      [
        'a request that is too large',
        () => {
          const answer = { status: 413, headers: json, body: '{}' };
          r.proxy.inject({ kind: 'answer', answer }, { when: isFill, times: 1 });
        },
      ],
    ];
    for (const [name, inject] of FAULTS) {
      it(`loses nothing under ${name}`, async () => {
        inject();
        const result = await r.index.rebuild(NEW, PLAIN);
        expect(r.proxy.hits().length).to.be.greaterThan(0);
        expect(result).to.include({ documents: NEW.length, failed: 0, live: true });
        await r.expectLive(NEW);
      });
    }

    it('asks again for parts of a request and for shards that refuse once, and so do searches', async () => {
      const error = { type: 'es_rejected_execution_exception', reason: 'injected' };
      let refused = 0;
      /** Paths of requests whose last answer was spoilt, so that the next one is not. */
      const spoilt = new Set<string>();
      const handle = async (
        request: ProxiedRequest,
        forward: (request: ProxiedRequest) => Promise<ProxiedAnswer>,
      ): Promise<ProxiedAnswer> => {
        const real = await forward(request);
        const answer = JSON.parse(String(real.body)) as Record<string, unknown>;
        if (spoilt.delete(request.path) || real.status !== 200) return real;
        spoilt.add(request.path);
        const key = 'responses' in answer ? 'responses' : 'docs';
        const parts = answer[key] as object[] | undefined;
        if (parts) {
          answer[key] = parts.map((part, i) => (i % 2 === 1 ? part : { status: 429, error }));
          refused += 1;
        } else if ('_shards' in answer) {
          const failures = [{ shard: 0, reason: error }];
          answer['_shards'] = { total: 1, successful: 0, failed: 1, failures };
          refused += 1;
        }
        const { 'content-length': _length, ...headers } = real.headers ?? {};
        return { status: 200, headers, body: JSON.stringify(answer) };
      };
      const when = ({ path }: ProxiedRequest): boolean =>
        /\/(_msearch|_mget|_search|_count)(\?|$)/.test(path);
      r.proxy.inject({ kind: 'handle', handle }, { when, times: Infinity });
      const few = NEW.slice(0, 500);
      const result = await r.index.rebuild(few, PLAIN);
      expect(result).to.include({ documents: few.length, failed: 0, live: true });
      await r.expectLive(few);
      const before = refused;
      expect((await r.index.suggest('Ka12'))[0]?.id).to.equal('p12');
      expect((await r.index.search('Ka13 new')).hits[0]?.id).to.equal('p13');
      expect(before).to.be.greaterThan(0);
      expect(refused).to.be.greaterThan(before);
    });

    it('passes over faults of every other request on the way', async () => {
      let seen = 0;
      const everyFifth = (): boolean => seen++ % 5 === 4;
      r.proxy.inject({ kind: 'reset' }, { when: everyFifth, times: 1000 });
      await r.index.rebuild(NEW, PLAIN);
      expect(r.proxy.hits().length).to.be.greaterThan(3);
      await r.expectLive(NEW);
    });

    it('makes a dead letter of a document that the engine refuses, and goes on', async () => {
      const handle = itemsWith(400, 'mapper_parsing_exception', (n) => n === 17);
      r.proxy.inject({ kind: 'handle', handle }, { when: isFill });
      const result = await r.index.rebuild(NEW, PLAIN);
      expect(result).to.include({ documents: NEW.length - 1, failed: 1 });
      const [letter] = r.letters(result.deadLettersFile);
      expect(letter).to.include({ code: 'REFUSED' });
      await r.expectLive(NEW.filter(({ id }) => id !== letter!.id));
    });

    it('stops early where a third is refused, and leaves the alias', async () => {
      const handle = itemsWith(400, 'mapper_parsing_exception', (n) => n % 3 === 0);
      r.proxy.inject({ kind: 'handle', handle }, { when: isFill, times: 100 });
      expect(await codeOf(r.index.rebuild(NEW, PLAIN))).to.equal('TOO_MANY_FAILED');
      await r.expectLive(OLD);
      expect((await r.index.status()).generations).to.have.length(1);
    });

    it('stops where writes are blocked, says how to lift it, and goes on afterwards', async () => {
      const block = (on: boolean | null): Promise<unknown> =>
        r.ask('PUT', `/${ALIAS}-000002/_settings`, { 'index.blocks.read_only_allow_delete': on });
      let fills = 0;
      r.proxy.inject(
        {
          kind: 'handle',
          handle: async (request, forward) => {
            fills += 1;
            if (fills === 6) await block(true);
            return forward(request);
          },
        },
        { when: isFill, times: 6 },
      );
      const error: unknown = await r.index.rebuild(NEW, PLAIN).catch((e: unknown) => e);
      expect(error).to.have.property('code', 'CLUSTER_BLOCKED');
      expect((error as Error).message).to.match(/disk/);
      await r.expectLive(OLD);
      await block(null);
      expect(await r.index.rebuild(NEW, PLAIN)).to.include({ generation: `${ALIAS}-000002` });
      await r.expectLive(NEW);
    });

    it('goes on at its checkpoint where the source broke off', async () => {
      let broken = false;
      const source = function* (): Iterable<unknown> {
        for (const [i, place] of NEW.entries()) {
          if (broken && i === 5500) throw new Error('the cursor is gone');
          yield place;
        }
      };
      const run = r.index.rebuild(source, {
        ...PLAIN,
        onProgress: ({ stage }) => {
          broken = stage === 'fill';
        },
      });
      expect(((await run.catch((e: unknown) => e)) as Error).message).to.equal(
        'the cursor is gone',
      );
      broken = false;
      expect(await r.index.rebuild(source, PLAIN)).to.include({ resumed: true, live: true });
      await r.expectLive(NEW);
    });

    it('keeps what is filled whatever request fails afterwards, says so, and the next run goes on', async () => {
      const few = NEW.slice(0, 100);
      const engine = product.engine({
        client: closeAtEnd(product.connect(r.proxy.url)),
        refresh: true,
        retryBudgetMs: 500,
      });
      const index = new PlaceIndex(engine);
      const answerOf = (status: number): Fault => {
        const error = { type: 'injected_exception', reason: 'by the test' };
        const headers = { ...json, 'x-elastic-product': 'Elasticsearch' };
        const answer = { status, headers, body: JSON.stringify({ error, status }) };
        return { kind: 'answer', answer };
      };
      const faults = [answerOf(403), answerOf(500), { kind: 'reset' } as const];
      /** Requests between the last of the fill and the swap of the run before. */
      let asked: string[] = [];
      const keyOf = ({ method, path }: ProxiedRequest): string =>
        `${method} ${path
          .replace(/\?.*/, '')
          .replace(/-0\d+/, '-N')
          .replace(/_doc\/p.*/, '_doc')}`;
      const watch = (): void => {
        asked = [];
        const handle = (
          request: ProxiedRequest,
          forward: (request: ProxiedRequest) => Promise<ProxiedAnswer>,
        ): Promise<ProxiedAnswer> => {
          if (isFill(request)) asked = [];
          else asked.push(isSwap(request) ? 'swap' : keyOf(request));
          return forward(request);
        };
        r.proxy.inject({ kind: 'handle', handle }, { times: Infinity });
      };
      watch();
      await index.rebuild(few, PLAIN);
      // Requests for settings, refresh, health, note, count and samples; not those for the state, without which nothing can be noted.
      const isOfState = (key: string): boolean => key.includes('/places-state');
      const afterFill = [...new Set(asked.slice(0, asked.indexOf('swap')))].filter(
        (key) => !isOfState(key),
      );
      expect(afterFill.length, afterFill.join()).to.be.greaterThan(8);
      let live = few;
      for (const [i, key] of afterFill.entries()) {
        r.proxy.clear();
        let isFilled = false;
        const next = placesOf(`run${i}`, 100);
        const when = (request: ProxiedRequest): boolean => {
          if (isFilled && keyOf(request) === key) return true;
          isFilled ||= isFill(request);
          return false;
        };
        r.proxy.inject(faults[i % faults.length]!, { when, times: Infinity });
        const error = await failureOf(index.rebuild(next, PLAIN));
        expect(error.message, key).to.match(/-0\d+ is kept: the same rebuild resumes it\.$/);
        r.proxy.clear();
        await r.expectLive(live);
        expect(await index.rebuild(next, PLAIN), key).to.include({ resumed: true, live: true });
        await r.expectLive((live = next));
      }
    });

    it('reads the alias back where the answer to the swap is lost', async () => {
      r.proxy.inject({ kind: 'lose-answer' }, { when: isSwap });
      expect(await r.index.rebuild(NEW, PLAIN)).to.include({ live: true });
      expect(r.proxy.hits()).to.deep.equal(['lose-answer']);
      await r.expectLive(NEW);
    });

    it('says that the outcome is unknown where the cluster is gone after the swap', async () => {
      r.proxy.inject(
        {
          kind: 'handle',
          handle: async (request, forward) => {
            await forward(request);
            await r.proxy.stop();
            return { status: 503 };
          },
        },
        { when: isSwap },
      );
      expect(await codeOf(r.index.rebuild(NEW, PLAIN))).to.equal('SWAP_UNKNOWN');
      await r.proxy.resume();
      const again = await r.index.rebuild(NEW, PLAIN);
      expect(again).to.include({ resumed: true, live: true, generation: `${ALIAS}-000002` });
      await r.expectLive(NEW);
    });

    it('does not swap where a person moved the alias, and keeps both generations', async () => {
      r.proxy.inject(
        {
          kind: 'handle',
          handle: async (request, forward) => {
            const body = {
              actions: [
                { remove: { index: `${ALIAS}-000001`, alias: ALIAS } },
                { add: { index: 'by-hand', alias: ALIAS } },
              ],
            };
            await r.ask('PUT', '/by-hand');
            await r.ask('POST', '/_aliases', body);
            return forward(request);
          },
        },
        { when: isSwap },
      );
      try {
        expect(await codeOf(r.index.rebuild(NEW, PLAIN))).to.equal('ALIAS_MOVED');
        expect(Object.keys((await r.ask<object>('GET', `/_alias/${ALIAS}`))!)).to.deep.equal([
          'by-hand',
        ]);
        // Nor does the next one put the alias on two indexes.
        expect(await codeOf(r.index.rebuild(NEW, PLAIN))).to.equal('ALIAS_MOVED');
        expect((await r.direct.generations(ALIAS)).map((g) => g.name)).to.include.members([
          `${ALIAS}-000001`,
          `${ALIAS}-000002`,
        ]);
      } finally {
        await r.ask('DELETE', '/by-hand');
      }
    });

    it('never brings a deleted place back, even where the server has forgotten the delete', async () => {
      let deleted = false;
      await r.index.rebuild(NEW, {
        ...PLAIN,
        onProgress: ({ stage }) => {
          deleted ||= stage === 'fill';
        },
      });
      expect(deleted).to.equal(true);
      const source = async function* (): AsyncIterable<unknown> {
        for (const [i, place] of NEW.entries()) {
          // Once the fill has begun, with the place still to come.
          if (i === 10 && (await r.direct.generations(ALIAS)).at(-1)!.state === 'building') {
            const index = (await r.direct.generations(ALIAS)).at(-1)!.name;
            await r.ask('PUT', `/${index}/_settings`, { 'index.gc_deletes': '0s' });
            await r.index.delete(['p5999']);
          }
          yield place;
        }
      };
      await r.index.rebuild(source, PLAIN);
      await r.expectLive(NEW.slice(0, -1));
    });

    it('keeps a late writer from making an index where the alias is gone', async () => {
      const body = { actions: [{ remove: { index: `${ALIAS}-000001`, alias: ALIAS } }] };
      await r.ask('POST', '/_aliases', body);
      expect(await codeOf(r.index.put([NEW[0]]))).to.equal('INDEX_NOT_FOUND');
      expect(await r.ask('GET', `/${ALIAS}`)).to.equal(null);
    });

    it('refuses a document of 100 MB before it is sent, and its neighbours go in', async () => {
      const { name } = await r.direct.createGeneration(ALIAS, {});
      const outcomes = new Map<number, number>();
      const stream = r.direct.stream(name, ({ status }, tag) => outcomes.set(tag, status));
      const large = documentWith('large', 2, { name: ['b'] }, { zh: ['x'.repeat(105e6)] });
      await stream.add({ index: documentWith('a', 1, { name: ['a'] }), version: 3 }, 1);
      await stream.add({ index: large, version: 2 }, 2);
      await stream.add({ index: documentWith('c', 3, { name: ['c'] }), version: 1 }, 3);
      await stream.flush();
      expect([...outcomes].sort()).to.deep.equal([
        [1, 201],
        [2, 413],
        [3, 201],
      ]);
    });
  });
}
