// The API inside a Fastify app, which owns the server, the engine and the process.
import Fastify from 'fastify';
import { createLimiter, embedded, ImageIndex } from 'suoyin';
import { createHandler, embeddedLimits } from 'suoyin/server';
import { PHOTOS } from './photos.ts';

const index = new ImageIndex(embedded({ dataDir: ':memory:' }));
for (const [id, bytes] of Object.entries(PHOTOS)) await index.add(bytes, { id });

const handler = createHandler({
  images: index,
  basePath: '/api',
  limiter: createLimiter(embeddedLimits(0)),
});
const app = Fastify();
await app.register((api, _options, done) => {
  // The handler reads bodies itself.
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
  api.all('/api/*', (request, reply) => {
    reply.hijack();
    handler(request.raw, reply.raw);
  });
  done();
});
const url = await app.listen({ port: 0, host: '127.0.0.1' });

const answer = await fetch(`${url}/api/similar?limit=2`, {
  method: 'POST',
  headers: { 'content-type': 'image/jpeg' },
  body: new Blob([new Uint8Array(PHOTOS['flower.jpg']!)]),
});
const { images } = (await answer.json()) as { images: { id: string; rule: string }[] };
for (const { id, rule } of images) console.log(`${id}: ${rule}`);

const empty = await fetch(`${url}/api/similar`, { method: 'POST' });
const { code } = (await empty.json()) as { code: string };
console.log(empty.status, code);

await app.close();
await index.close();
