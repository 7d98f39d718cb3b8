// On Elasticsearch: first suoyin does the whole job, then only its pure functions are used, for an
// application whose own pipeline writes pictures and searches them.
//
//     ELASTICSEARCH_URL=http://127.0.0.1:9200 npx tsx examples/13-elasticsearch.ts
import { fileURLToPath } from 'node:url';
import { Client } from '@elastic/elasticsearch';
import { elasticsearch, ImageIndex, PlaceIndex } from 'suoyin';
import {
  elasticsearchBody,
  elasticsearchVectorBody,
  imageMapping,
  vectorSpaceOf,
} from 'suoyin/knn';
import { PHOTOS } from './photos.ts';

const client = new Client({ node: process.env['ELASTICSEARCH_URL'] ?? 'http://127.0.0.1:9200' });
// The client stays yours: its keys, certificates and agents are used, and it is never closed.
const engine = elasticsearch({ client });

const source = fileURLToPath(new URL('data/places.jsonl', import.meta.url));
const places = new PlaceIndex(engine, { alias: 'places-example' });
const { documents } = await places.rebuild(source);
console.log(`${documents} places, live: ${(await places.status()).live}`);
for (const { label } of await places.suggest('banq', { language: 'zh-Hant', limit: 2 })) {
  console.log(`  ${label}`);
}

// A few thousand pictures need no graph: `flat` compares them all.
const pictures = new ImageIndex(engine, { alias: 'images-example', mapping: { method: 'flat' } });
for (const [id, photo] of Object.entries(PHOTOS)) await pictures.add(photo, { id });
for (const { id, rule } of await pictures.similar(PHOTOS['house-cat.jpg']!, { limit: 1 })) {
  console.log(`the picture is ${id}: ${rule}`);
}

// Your own pipeline: suoyin makes the bodies, you send them.
const index = 'images-example-of-host';
const mapping = { ...imageMapping({ dimension: 3, model: 'toy-colours-3', numberOfReplicas: 0 }) };
const { version } = await client.info();
await client.indices.create({ index, ...elasticsearchBody(mapping, version.number) });
for (const [id, vector] of Object.entries({
  red: [1, 0, 0],
  orange: [1, 0.5, 0],
  teal: [0, 1, 1],
})) {
  await client.index({ index, id, document: { id, vector }, refresh: true });
}
const body = elasticsearchVectorBody(vectorSpaceOf(mapping)!, {
  vectors: [[0.9, 0.4, 0]],
  limit: 2,
});
const found = await client.search({ index, ...body });
console.log(`of the host: ${found.hits.hits.map(({ _id }) => _id).join(', ')}`);

const made = [index, 'places-example-state', 'images-example-state'];
for (const alias of ['places-example', 'images-example']) {
  made.push(...(await engine.generations(alias)).map(({ name }) => name));
}
await client.indices.delete({ index: made });
await client.close();
