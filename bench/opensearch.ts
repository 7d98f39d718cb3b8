import { Client } from '@opensearch-project/opensearch';
import { opensearch } from '../lib/engines/opensearch/index.ts';
import { PlaceIndex } from '../lib/place-index.ts';
import { type BuildInput, type Contender, LIMIT } from './competitor.ts';
import { placesOf } from './corpus.ts';

/** Documents per bulk request of the two contenders other than suoyin. */
const BATCH = 2000;
/** Timeout in milliseconds of a request that may wait for a merge. */
const LONG_MS = 600_000;

/** suoyin on OpenSearch, used through the public API. */
export async function suoyinOnOpenSearch(input: BuildInput): Promise<Contender> {
  const client = new Client({ node: input.node });
  const engine = opensearch({ client });
  const index = new PlaceIndex(engine, { alias: 'bench-suoyin' });
  const { boundaries } = input;
  await index.rebuild(input.recordsFile, boundaries === null ? {} : { boundaries });
  const { live, health } = await index.status();
  return {
    ways: {
      'suoyin on OpenSearch': async (text, language) => {
        const suggestions = await index.suggest(text, { language, limit: LIMIT });
        return suggestions.map(({ id }) => id);
      },
    },
    version: health.version,
    outside: await storeOf(client, live!),
    close: async () => {
      for (const { name } of await engine.generations(index.alias)) {
        await client.indices.delete({ index: name });
      }
      await client.indices.delete({ index: `${index.alias}-state` });
      await client.close();
    },
  };
}

/**
 * OpenSearch's own features: a completion field with weights, and search_as_you_type sorted by
 * population.
 */
export async function suggesters(input: BuildInput): Promise<Contender> {
  const client = new Client({ node: input.node, requestTimeout: LONG_MS });
  const index = 'bench-suggesters';
  await client.indices.delete({ index, ignore_unavailable: true });
  await client.indices.create({
    index,
    body: {
      settings: { number_of_shards: 1, number_of_replicas: 0, refresh_interval: '-1' },
      mappings: {
        properties: {
          completion: { type: 'completion', analyzer: 'standard', max_input_length: 100 },
          typed: { type: 'search_as_you_type' },
          population: { type: 'long' },
        },
      },
    } as never,
  });
  let lines: object[] = [];
  const flush = async (): Promise<void> => {
    if (lines.length === 0) return;
    const { body } = await client.bulk({ index, body: lines as never });
    if (body.errors) throw new Error('A place was refused');
    lines = [];
  };
  for await (const { id, names, population } of placesOf(input.placesFile)) {
    const weight = Math.min(population, 2 ** 31 - 1);
    lines.push(
      { index: { _id: id } },
      { completion: { input: names, weight }, typed: names, population },
    );
    if (lines.length >= 2 * BATCH) await flush();
  }
  await flush();
  await client.indices.refresh({ index });
  const { body } = await client.info();
  return {
    ways: {
      'completion suggester': async (text) => {
        const suggest = {
          places: { prefix: text, completion: { field: 'completion', size: LIMIT } },
        };
        const answer = await client.search({ index, body: { _source: false, suggest } });
        const [first] = (
          answer.body as unknown as { suggest: { places: { options: { _id: string }[] }[] } }
        ).suggest.places;
        return first!.options.map(({ _id }) => _id);
      },
      search_as_you_type: async (text) => {
        const query = {
          function_score: {
            query: {
              multi_match: {
                query: text,
                type: 'bool_prefix',
                fields: ['typed', 'typed._2gram', 'typed._3gram'],
              },
            },
            field_value_factor: { field: 'population', modifier: 'ln2p', missing: 0 },
          },
        };
        const answer = await client.search({
          index,
          body: { _source: false, size: LIMIT, track_total_hits: false, query } as never,
        });
        return answer.body.hits.hits.map(({ _id }) => _id!);
      },
    },
    version: `OpenSearch ${body.version.number}`,
    outside: await storeOf(client, index),
    close: async () => {
      await client.indices.delete({ index });
      await client.close();
    },
  };
}

async function storeOf(client: Client, index: string): Promise<{ bytes: number; what: string }> {
  const { body } = await client.indices.stats({ index, metric: ['store'] } as never);
  const { _all } = body as unknown as { _all: { primaries: { store: { size_in_bytes: number } } } };
  return { bytes: _all.primaries.store.size_in_bytes, what: 'store of the index' };
}
