import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { PHOTOS } from '../../examples/photos.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { ImageIndex, type ImageIndexOptions } from '../../lib/image-index.ts';
import { publicText } from '../../lib/ingest/fetch/fetch-error.ts';
import { ingestQueue } from '../../lib/ingest/queue/queue.ts';
import { storedSource } from '../../lib/ingest/source.ts';
import type { IngestOptions, IngestResult } from '../../lib/ingest/work/pipeline.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd, giveBack } from '../support/lifetime.ts';
import { runs } from '../support/properties.ts';

/** Begins whatever must not be found anywhere. */
const SECRET = 'SWORDFISH';
const FETCH = { allowAddresses: ['127.0.0.0/8'] };

/** Serves a photo at `/a.jpg`, whatever the query, another one at `/show?n=2`, and refuses the rest. */
async function pictureServer(): Promise<string> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
    const name = searchParams.get('n') === '2' ? 'flower.jpg' : 'french-alps.jpg';
    if (pathname === '/a.jpg' || pathname === '/show') response.end(PHOTOS[name]);
    else response.writeHead(pathname === '/busy.jpg' ? 503 : 403).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  giveBack(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Takes sources into an index of its own; what is told is all that a caller sees. */
async function ingested(
  sources: unknown[],
  options: IngestOptions & Pick<ImageIndexOptions, 'keepQuery'> = {},
): Promise<{ dir: string; told: string; result: IngestResult; ids: string[] }> {
  const dir = tempFolder();
  const index = new ImageIndex(closeAtEnd(embedded({ dataDir: dir })), { fetch: FETCH });
  const progress: unknown[] = [];
  const result = await index.ingest(sources, {
    deadLetters: join(dir, 'dead-letters.jsonl'),
    retryMs: 0,
    maxAttempts: 2,
    onProgress: (one) => progress.push(one),
    ...options,
  });
  const documents = [];
  for await (const document of index.scan()) documents.push(document);
  const ids = documents.map(({ id }) => id);
  const [first] = ids;
  const similar = first === undefined ? [] : await index.similar(PHOTOS['french-alps.jpg']!);
  const status = await index.check({ dbScan: true, fsCheck: true });
  await index.close();
  return { dir, told: JSON.stringify([result, progress, documents, similar, status]), result, ids };
}

/** Every byte below a folder. */
function bytesBelow(dir: string): string {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => `${path}\n${readFileSync(path, 'latin1')}`)
    .join('\n');
}

describe('secrets in the addresses of pictures', function () {
  this.timeout(120_000);
  let host: string;
  before(async () => {
    host = await pictureServer();
  });

  it('are not in ids, documents, reports and dead letters, nor on the disk when the run is over', async () => {
    const urls = ['a.jpg', 'missing.jpg', 'busy.jpg'].flatMap((name) =>
      [1, 2].map((n) => `http://${SECRET}:${SECRET}@${host}/${name}?X-Amz-Signature=${SECRET}${n}`),
    );
    const { dir, told, result, ids } = await ingested([
      ...urls,
      new URL(urls[0]!),
      { url: urls[0] },
      [urls[0]],
      { source: urls[0], id: 7 },
      { source: urls[0], id: 'a', fields: [urls[0]] },
      `https://u:${SECRET}@exa mple.com/a?b=${SECRET}`,
      `http:\\\\u:${SECRET}@${host}/missing.jpg?b=${SECRET}`,
      `http://${host}\\missing.jpg?b=${SECRET}`,
    ]);
    expect(ids).to.deep.equal([`http://${host}/a.jpg`]);
    // What names the same URL again in one chunk is not fetched again.
    expect(result.warnings).to.deep.equal({ QUERY_LEFT_OUT: 2 });
    expect(result.failed).to.equal(10);
    expect(readFileSync(join(dir, 'dead-letters.jsonl'), 'utf8').split('\n')).to.have.length(11);
    expect(told).not.to.include(SECRET);
    expect(bytesBelow(dir)).not.to.include(SECRET);
  });

  it('make one picture of those that are signed anew', async () => {
    const { result, ids } = await ingested(
      [1, 2, 3].map((n) => `http://${host}/a.jpg?signature=${n}`),
      { concurrency: 1 },
    );
    expect(ids).to.deep.equal([`http://${host}/a.jpg`]);
    expect([result.added, result.changed, result.unchanged]).to.deep.equal([1, 0, 2]);
  });

  it('are part of the name where that is said, but for user and password', async () => {
    const { ids, told } = await ingested(
      [1, 2].map((n) => `http://u:${SECRET}@${host}/show?n=${n}`),
      { keepQuery: true },
    );
    expect(ids).to.deep.equal([1, 2].map((n) => `http://${host}/show?n=${n}`));
    expect(told).not.to.include(SECRET);
    expect(told).not.to.include('QUERY_LEFT_OUT');
  });

  it('are not in the id of a picture that is added alone', async () => {
    const engine = closeAtEnd(embedded({ dataDir: tempFolder() }));
    const url = `http://u:${SECRET}@${host}/a.jpg?signature=${SECRET}`;
    const { document } = await new ImageIndex(engine, { fetch: FETCH }).add(url);
    expect(document).to.include({ id: `http://${host}/a.jpg`, source: `http://${host}/a.jpg` });
    const keeping = new ImageIndex(engine, { alias: 'kept', fetch: FETCH, keepQuery: true });
    const kept = await keeping.add(new URL(`http://u:${SECRET}@${host}/show?n=2`));
    expect(kept.document.id).to.equal(`http://${host}/show?n=2`);
  });

  it('do not stay with a picture that is set aside', async () => {
    const engine = closeAtEnd(embedded({ dataDir: tempFolder() }));
    let now = 0;
    const queue = await ingestQueue(engine, 'images', { leaseMs: 1000, now: () => now });
    const source = `http://u:${SECRET}@${host}/a.jpg?b=${SECRET}`;
    await queue.add([{ source, id: 'a' }]);
    for (let death = 0; death < 3; death++) {
      await queue.claim();
      now += 5000;
    }
    await queue.claim();
    expect(JSON.stringify(await queue.quarantined())).to.equal(
      JSON.stringify([['', [{ source: `http://${host}/a.jpg`, id: 'a' }]]]).replace(
        '""',
        JSON.stringify((await queue.quarantined())[0]![0]),
      ),
    );
  });

  it('are found in any address', () => {
    const part = fc.stringMatching(/^[a-zA-Z0-9._~!$'()*+,;=%\\/-]{0,12}$/);
    const user = part.filter((text) => !/[/\\]/.test(text));
    fc.assert(
      fc.property(user, part, part, part, (user, path, query, around) => {
        const url = `https://${user}:${SECRET}@example.com/${path}?${query}${SECRET}&x=${SECRET}`;
        if (!URL.canParse(url)) return;
        expect(storedSource(url)).not.to.include(SECRET);
        for (const text of [url, JSON.stringify({ url, around }), `${around} ${url} ${around}`]) {
          expect(publicText(text)).not.to.include(SECRET);
        }
      }),
      { numRuns: runs(500) },
    );
  });
});
