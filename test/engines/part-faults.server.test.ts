import { Client as ElasticsearchClient } from '@elastic/elasticsearch';
import { Client as OpenSearchClient } from '@opensearch-project/opensearch';
import { expect } from 'chai';
import fc from 'fast-check';

import type { KeySearch } from '../../lib/autocomplete/searches.ts';
import { elasticsearch } from '../../lib/engines/elasticsearch/index.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { opensearch } from '../../lib/engines/opensearch/index.ts';
import { failureOf } from '../support/failures.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { runs } from '../support/properties.ts';
import { serve } from '../support/servers.ts';

const ENGINES: Readonly<Record<string, (node: string) => Engine>> = {
  OpenSearch: (node) => opensearch({ client: closeAtEnd(new OpenSearchClient({ node })) }),
  Elasticsearch: (node) => elasticsearch({ client: closeAtEnd(new ElasticsearchClient({ node })) }),
};

/** Ways in which a node refuses a part of a request that it may take a moment later. */
const REFUSALS = [
  { status: 429, type: 'es_rejected_execution_exception' },
  { status: 429, type: 'rejected_execution_exception' },
  { status: 429, type: 'circuit_breaking_exception' },
  { status: 503, type: 'no_shard_available_action_exception' },
  { status: 503, type: 'node_disconnected_exception' },
] as const;
type Refusal = (typeof REFUSALS)[number];

/** How often a request is sent before it fails. */
const TRIES = 4;

/** A part of a request as the node sees it. */
type Refusing = (part: string) => Refusal | null;

interface Node {
  engine: Engine;
  /** Parts of each request, in order. */
  sent: string[][];
}

/**
 * A node with every document and a hit for every search, whose id is the text that was looked for.
 *
 * @param refusing - Asked for each part, in order.
 */
async function nodeOf(title: string, refusing: Refusing): Promise<Node> {
  const sent: string[][] = [];
  const server = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = answerTo(request.url!, String(Buffer.concat(chunks)), { refusing, sent });
      response.writeHead(200, {
        'content-type': 'application/json',
        'x-elastic-product': 'Elasticsearch',
      });
      response.end(JSON.stringify(answer));
    });
  });
  return { engine: ENGINES[title]!(server.origin), sent };
}

function answerTo(
  url: string,
  body: string,
  { refusing, sent }: { refusing: Refusing; sent: string[][] },
): unknown {
  const ask = (parts: string[]): (Refusal | null)[] => {
    sent.push(parts);
    return parts.map(refusing);
  };
  const [path = ''] = url.split('?');
  const whole = { total: 2, successful: 2, failed: 0 };
  if (path.endsWith('/_msearch')) {
    const bodies = body
      .trimEnd()
      .split('\n')
      .filter((_, i) => i % 2 === 1);
    const texts = bodies.map((one) => /"keys.name":"(\w+)"/.exec(one)![1]!);
    const responses = ask(texts).map((refusal, i) =>
      refusal
        ? {
            status: refusal.status,
            error: {
              type: 'search_phase_execution_exception',
              reason: 'all shards failed',
              failed_shards: [{ reason: { type: refusal.type, reason: 'no room' } }],
            },
          }
        : {
            status: 200,
            _shards: whole,
            hits: { hits: [{ _id: texts[i], _source: { id: texts[i] } }] },
          },
    );
    return { responses };
  }
  if (path.endsWith('/_mget')) {
    const { ids } = JSON.parse(body) as { ids: string[] };
    const docs = ask(ids).map((refusal, i) =>
      refusal
        ? { _id: ids[i], error: { type: refusal.type, reason: 'no room' } }
        : { _id: ids[i], found: true, _version: Number(ids[i]!.slice(1)) },
    );
    return { docs };
  }
  // A search or a count, of which one shard of two may refuse.
  const [refusal] = ask([path]);
  const failures = [{ shard: 1, reason: { type: refusal?.type, reason: 'no room' } }];
  const part = { total: 2, successful: 1, failed: 1, failures };
  return { count: 7, _shards: refusal ? part : whole };
}

const keys = (texts: readonly string[]): KeySearch[] =>
  texts.map((value) => ({ field: 'name', value, match: 'prefix', limit: 10 }));

/** Refuses the first requests of parts by their names. */
function first(refusals: ReadonlyMap<string, number>, refusal: Refusal): Refusing {
  const left = new Map(refusals);
  return (part) => {
    const more = left.get(part) ?? 0;
    left.set(part, more - 1);
    return more > 0 ? refusal : null;
  };
}

for (const title of Object.keys(ENGINES)) {
  describe(`parts of a request that ${title} refuses for a moment`, () => {
    it('are asked for again, and no others, as often as a whole request', async () => {
      const part = fc.record({ refused: fc.integer({ min: 0, max: TRIES - 1 }) });
      const plan = fc.record({
        parts: fc.array(part, { minLength: 1, maxLength: 8 }),
        refusal: fc.constantFrom(...REFUSALS),
      });
      await fc.assert(
        fc.asyncProperty(plan, async ({ parts, refusal }) => {
          const names = parts.map((_, i) => `p${i + 1}`);
          const refused = new Map(names.map((name, i) => [name, parts[i]!.refused]));
          const wanted: string[][] = [];
          for (let round = 0; ; round++) {
            const asked = names.filter((name) => refused.get(name)! >= round);
            if (asked.length === 0) break;
            wanted.push(asked);
          }
          const [searched, versioned] = [
            await nodeOf(title, first(refused, refusal)),
            await nodeOf(title, first(refused, refusal)),
          ];
          const [hits, versions] = await Promise.all([
            searched.engine.findByKeys('places', keys(names)),
            versioned.engine.versions('places', names),
          ]);
          expect(hits.map(({ id, search }) => [search, id])).to.deep.equal([...names.entries()]);
          expect(versions).to.deep.equal(names.map((_, i) => i + 1));
          expect(searched.sent).to.deep.equal(wanted);
          expect(versioned.sent).to.deep.equal(wanted);
        }),
        { numRuns: runs(5) },
      );
    });

    it('are told in the words of the refusal where it stays', async () => {
      const { engine, sent } = await nodeOf(title, (name) => (name === 'p2' ? REFUSALS[0] : null));
      const searched = await failureOf(engine.findByKeys('places', keys(['p1', 'p2', 'p3'])));
      expect(searched.code).to.equal('ENGINE_UNREACHABLE');
      expect(searched.message).to.match(/429: .*es_rejected_execution_exception: no room/);
      expect(sent).to.deep.equal([['p1', 'p2', 'p3'], ['p2'], ['p2'], ['p2']]);
      const versioned = await failureOf(engine.versions('places', ['p1', 'p2']));
      expect(versioned.code).to.equal('PARTIAL_ANSWER');
      expect(versioned.message).to.match(/1 of 2 documents .*es_rejected_execution_exception/);
    });

    it('are not asked for again after the caller has given up', async () => {
      const stop = new AbortController();
      const { engine, sent } = await nodeOf(title, () => {
        stop.abort(new Error('given up'));
        return REFUSALS[0];
      });
      const { signal } = stop;
      const searched = await failureOf(engine.findByKeys('places', keys(['p1']), {}, { signal }));
      expect(searched.message).to.equal('given up');
      expect(sent).to.deep.equal([['p1']]);
    });

    it('are shards as well, unless they have no copy', async () => {
      for (const [refused, times, requests] of [
        [REFUSALS[0], TRIES - 1, TRIES],
        [REFUSALS[3], 1, 1],
      ] as const) {
        const { engine, sent } = await nodeOf(
          title,
          first(new Map([['/places/_count', times]]), refused),
        );
        const counted = await engine
          .count('places')
          .catch((error: unknown) => (error as { code?: unknown }).code);
        expect(counted).to.equal(requests === TRIES ? 7 : 'PARTIAL_ANSWER');
        expect(sent).to.have.length(requests);
      }
    });

    it('are no answer where the node gives fewer than were asked for', async () => {
      const server = await serve((_, response) => {
        response.writeHead(200, {
          'content-type': 'application/json',
          'x-elastic-product': 'Elasticsearch',
        });
        response.end('{"responses":[],"docs":[]}');
      });
      const engine = ENGINES[title]!(server.origin);
      for (const work of [
        engine.findByKeys('places', keys(['p1'])),
        engine.versions('places', ['p1']),
      ]) {
        expect((await failureOf(work)).code).to.equal('ENGINE_FAILED');
      }
    });
  });
}
