// The API inside an Express app, which owns the server, the engine and the process.
import express from 'express';
import { createLimiter, embedded, PlaceIndex } from 'suoyin';
import { createHandler, embeddedLimits } from 'suoyin/server';
import { fileURLToPath } from 'node:url';
import type { AddressInfo } from 'node:net';

const index = new PlaceIndex(embedded({ dataDir: process.argv[2] ?? ':memory:' }));
await index.rebuild(fileURLToPath(new URL('data/places.jsonl', import.meta.url)));

const app = express();
// Mount it before body parsers. Express strips /api from the paths; requests outside the API are
// passed on.
app.use('/api', createHandler({ places: index, limiter: createLimiter(embeddedLimits(0)) }));
app.use(express.json());
app.get('/api/of-the-host', (_request, response) => {
  response.send('an answer of the host');
});

const server = app.listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const suggested = await fetch(`${url}/api/suggest?q=板橋&language=zh-Hant&limit=2`);
const { suggestions } = (await suggested.json()) as { suggestions: { label: string }[] };
for (const { label } of suggestions) console.log(label);

const wrong = await fetch(`${url}/api/suggest?q=板橋&limit=1000`);
const { code, detail } = (await wrong.json()) as { code: string; detail: string };
console.log(wrong.status, code, detail);

console.log(await (await fetch(`${url}/api/of-the-host`)).text());

server.close();
server.closeAllConnections();
await index.close();
