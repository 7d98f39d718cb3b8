// Places in an index that you have already, with fields of its own: suoyin's fields get a prefix, and one
// request has your own query and suoyin's.
//
//     OPENSEARCH_URL=http://127.0.0.1:9200 npx tsx examples/12-own-index.ts
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client } from '@opensearch-project/opensearch';
import {
  answerPlaceQuery,
  placeMapping,
  placeSearchBodies,
  prefixedDocument,
  readPlaceHits,
  readPlaceRecord,
  toPlaceDocument,
} from 'suoyin/autocomplete';

const client = new Client({ node: process.env['OPENSEARCH_URL'] ?? 'http://127.0.0.1:9200' });
const index = 'shops-of-host';
const prefix = 'suoyin_';

// The index as it is: its `kind` is another one, its ids are numbers, and it has long texts.
const records = readFileSync(fileURLToPath(new URL('data/places.jsonl', import.meta.url)), 'utf8')
  .trim()
  .split('\n')
  .map((line) => readPlaceRecord(JSON.parse(line)));
await client.indices.create({
  index,
  body: {
    settings: { number_of_replicas: 0 },
    mappings: { properties: { kind: { type: 'keyword' }, text: { type: 'text' } } },
  },
});
await client.bulk({
  refresh: true,
  body: records.flatMap(({ name }, i) => [
    { index: { _index: index, _id: String(i) } },
    { kind: 'shop', text: `Everything about ${name}. `.repeat(100) },
  ]),
});

// Once: analyzers are added to a closed index only, and it answers nobody meanwhile. In a new index, give
// `settings.analysis` when it is created.
const { settings, mappings } = placeMapping({ prefix });
await client.indices.close({ index });
const analysis = settings['analysis'] as object;
const properties = mappings['properties'] as Record<string, object>;
await client.indices.putSettings({ index, body: { analysis } });
await client.indices.open({ index });
await client.indices.putMapping({ index, body: { properties } });

// Then every document gets its part of suoyin, now and whenever its names change.
const byId = new Map(records.map((record) => [record.id, record]));
const written = await client.bulk({
  refresh: true,
  body: records.flatMap((record, i) => {
    const parent = byId.get(record.parent ?? '');
    const document = toPlaceDocument(record, parent ? { parents: [parent] } : {});
    return [
      { update: { _index: index, _id: String(i) } },
      { doc: prefixedDocument(document, prefix) },
    ];
  }),
});
console.log(`places in ${index}: ${written.body.items.length}, errors: ${written.body.errors}`);

// What is typed goes into one request: your own query first, and the names that begin so. Only where these
// do not have it, more is looked for.
let requests = 0;
let found = 0;
const suggestions = await answerPlaceQuery(
  '板橋',
  { language: 'zh-Hant', limit: 2, fewRequests: true },
  async (searches, filter) => {
    const own = [{ index }, { size: 0, query: { match: { text: 'everything' } } }];
    const lines = placeSearchBodies(index, searches, filter, prefix);
    const body = ++requests === 1 ? [...own, ...lines] : lines;
    const { responses } = (await client.msearch({ body })).body;
    if (requests === 1) {
      const [first] = responses.splice(0, 1) as unknown as [{ hits: { total: { value: number } } }];
      found = first.hits.total.value;
    }
    return readPlaceHits({ responses }, prefix);
  },
);
console.log(`requests: ${requests}; by the host's own query: ${found}`);
for (const { id, label } of suggestions) console.log(`  ${id}  ${label}`);

await client.indices.delete({ index });
await client.close();
