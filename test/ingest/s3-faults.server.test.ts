import type { IncomingHttpHeaders } from 'node:http';

import { expect } from 'chai';

import { s3Store } from '../../lib/ingest/stores/s3-store.ts';
import { thumbnailStore } from '../../lib/ingest/stores/thumbnails.ts';
import { makeThumbnail } from '../../lib/knn/describe/image.ts';
import { failureOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';
import { giveBack } from '../support/lifetime.ts';
import { serve } from '../support/servers.ts';
import { noise } from './pictures.ts';

type Fault =
  | 'none'
  | '500'
  | 'cut off'
  | 'other bytes'
  | 'keeps nothing'
  | 'hangs up'
  | 'never answers'
  | 'stops half-way';

/** A bucket that keeps what is put, and whose answers have a fault. */
async function faultyBucket(): Promise<{ endpoint: string; fault: (kind: Fault) => void }> {
  const kept = new Map<string, Buffer>();
  let kind: Fault = 'none';
  const { origin } = await serve((request, response) => {
    const name = request.url!.split('?')[0]!;
    const body: Buffer[] = [];
    request.on('data', (chunk: Buffer) => body.push(chunk));
    request.on('end', () => {
      if (kind === '500') return response.writeHead(500).end();
      if (kind === 'hangs up') return response.destroy();
      if (kind === 'never answers') return;
      if (request.method === 'PUT') {
        if (kind !== 'keeps nothing') kept.set(name, plain(Buffer.concat(body), request.headers));
        return response.writeHead(200).end();
      }
      const bytes = kept.get(name);
      if (!bytes) {
        const missing = '<Error><Code>NoSuchKey</Code></Error>';
        return response.writeHead(404, { 'content-type': 'application/xml' }).end(missing);
      }
      const head = { 'content-length': bytes.length };
      if (kind === 'cut off') {
        response.writeHead(200, head).write(bytes.subarray(0, bytes.length / 2));
        return setImmediate(() => response.destroy());
      }
      if (kind === 'stops half-way') {
        return response.writeHead(200, head).write(bytes.subarray(0, bytes.length / 2));
      }
      const sent = kind === 'other bytes' ? Buffer.from(bytes).fill(7, 20, 40) : bytes;
      return response.writeHead(200, head).end(sent);
    });
  });
  return { endpoint: origin, fault: (next) => (kind = next) };
}

/** A body without the lengths and checksums that the client puts between its parts. */
function plain(body: Buffer, headers: IncomingHttpHeaders): Buffer {
  if (headers['content-encoding']?.includes('aws-chunked') !== true) return body;
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const end = body.indexOf('\r\n', at);
    const length = parseInt(body.toString('latin1', at, end), 16);
    if (!(length > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
}

describe('thumbnails in a bucket with faults', () => {
  beforeEach(() => {
    const before = { ...process.env };
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' });
    giveBack(() => {
      process.env = before;
    });
  });

  for (const kind of ['500', 'hangs up', 'cut off', 'other bytes', 'keeps nothing'] as const) {
    it(`are told to be missing there, and are in the other store: ${kind}`, async () => {
      const { endpoint, fault } = await faultyBucket();
      const folder = tempFolder();
      const bucket = s3Store({ bucket: 'pictures', endpoint });
      const store = thumbnailStore([folder, bucket], { thumbnail: makeThumbnail });
      const [bytes, hash] = [await noise(1), 'ab'.repeat(32)];
      fault(kind);
      const error = await failureOf(store.write(hash, bytes));
      expect(error).to.include({ code: 'STORE_FAILED' });
      expect(error.message).to.include('s3://pictures/').and.not.include(folder);
      expect(await thumbnailStore(folder, { thumbnail: makeThumbnail }).faults(hash)).to.deep.equal(
        [],
      );
      const first = thumbnailStore([bucket, folder], { thumbnail: makeThumbnail });
      expect((await first.read(hash))?.length).to.be.greaterThan(100);
      fault('none');
      await store.write(hash, bytes);
      const there = thumbnailStore([bucket], {
        thumbnail: () => Promise.reject(new Error('made')),
      });
      expect(await there.write(hash, bytes)).to.equal(0);
    });
  }

  for (const kind of ['never answers', 'stops half-way'] as const) {
    it(`are given up in time, and are in the other store: ${kind}`, async () => {
      const { endpoint, fault } = await faultyBucket();
      const folder = tempFolder();
      const where = { bucket: 'pictures', endpoint };
      const [bytes, hash] = [await noise(1), 'cd'.repeat(32)];
      const thumbnail = { thumbnail: makeThumbnail };
      await thumbnailStore([s3Store(where)], thumbnail).write(hash, bytes);
      fault(kind);
      const hasty = s3Store({ ...where, timeoutMs: 50 });
      const error = await failureOf(thumbnailStore([folder, hasty], thumbnail).write(hash, bytes));
      expect(error).to.include({ code: 'STORE_FAILED' });
      expect(error.message).to.include('s3://pictures/: no whole answer within 50 ms');
      const read = await thumbnailStore([hasty, folder], thumbnail).read(hash);
      expect(read?.length).to.be.greaterThan(100);
    });
  }
});
