// Using your own OpenSearch client: first suoyin does the whole job, then only its pure functions
// are used, for an application whose own pipeline writes and searches.
//
//     OPENSEARCH_URL=http://127.0.0.1:9200 npx tsx examples/07-bring-your-own-opensearch-client.ts
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client } from '@opensearch-project/opensearch';
import {
  answerPlaceQuery,
  placeMapping,
  placeSearchBodies,
  readPlaceHits,
  readPlaceRecord,
  toPlaceDocument,
} from 'suoyin/autocomplete';
import { opensearch, PlaceIndex } from 'suoyin';

const client = new Client({ node: process.env['OPENSEARCH_URL'] ?? 'http://127.0.0.1:9200' });
const source = fileURLToPath(new URL('data/places.jsonl', import.meta.url));

// The client stays yours: its certificates, signing and agents are used, and it is never closed.
const places = new PlaceIndex(opensearch({ client }), { alias: 'places-example' });
const { documents } = await places.rebuild(source);
console.log(`${documents} places, live: ${(await places.status()).live}`);
for (const { label } of await places.suggest('banq', { language: 'zh-Hant', limit: 2 })) {
  console.log(`  ${label}`);
}
await places.close();

// Your own pipeline: suoyin makes the bodies, you send them.
const index = 'places-example-of-host';
await client.indices.create({ index, body: placeMapping({ numberOfReplicas: 0 }) });
const records = readFileSync(source, 'utf8')
  .trim()
  .split('\n')
  .map((line) => readPlaceRecord(JSON.parse(line)));
const byId = new Map(records.map((record) => [record.id, record]));
const documentsOfHost = records.map((record) => {
  const parent = byId.get(record.parent ?? '');
  return toPlaceDocument(record, parent ? { parents: [parent] } : {});
});
const written = await client.bulk({
  refresh: true,
  body: documentsOfHost.flatMap((document) => [
    { index: { _index: index, _id: document.id } },
    document,
  ]),
});
console.log(`written by the host: ${written.body.items.length}, errors: ${written.body.errors}`);

const suggestions = await answerPlaceQuery(
  '台北 中山',
  { language: 'zh-Hant', limit: 2 },
  async (searches, filter) => {
    const body = placeSearchBodies(index, searches, filter);
    return readPlaceHits((await client.msearch({ body })).body);
  },
);
for (const { label } of suggestions) console.log(`  ${label}`);

await client.indices.delete({ index: `${index},places-example-0*,places-example-state` });
await client.close();
