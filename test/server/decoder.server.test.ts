import { expect } from 'chai';
import { PHOTOS } from '../../examples/photos.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { createLimiter, type Limiter } from '../../lib/health/limiter.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import type { PictureDecoder } from '../../lib/ingest/decode/decoder-processes.ts';
import { describeImage } from '../../lib/knn/describe/describe.ts';
import { ImageError } from '../../lib/knn/describe/image-error.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { until } from '../support/polling.ts';
import { makeStores, type Rig, serveOn, type Stores } from './rig.ts';

const FLOWER = PHOTOS['flower.jpg']!;

/** A decode that the test lets end. */
interface Decode {
  end: () => void;
  fail: (error: Error) => void;
}

describe('pictures that a server reads', () => {
  let stores: Stores;
  let limiter: Limiter;
  let rig: Rig;
  let decodes: Decode[];
  before(async () => {
    stores = await makeStores();
  });
  async function serveFor(answerMs: number): Promise<void> {
    decodes = [];
    const decoder: PictureDecoder = {
      describe: (bytes) =>
        new Promise((resolve, reject) => {
          decodes.push({ end: () => resolve(describeImage(bytes)), fail: reject });
        }),
    };
    const engine = closeAtEnd(embedded({ dataDir: stores.dataDir }));
    limiter = createLimiter({ failuresToOpen: 1 });
    rig = await serveOn({
      images: new ImageIndex(engine, { decoder }),
      limiter,
      limits: { pictures: 1, answerMs },
    });
  }

  const similar = (signal?: AbortSignal): Promise<Response> =>
    fetch(`${rig.url}/similar`, {
      method: 'POST',
      body: Buffer.from(FLOWER),
      ...(signal ? { signal } : {}),
    });
  function expectClosed(): void {
    const { circuit, finished } = limiter.stats();
    expect([circuit, finished.images.failed]).to.deep.equal(['closed', 0]);
  }
  const told = async (response: Response): Promise<[status: number, code: unknown]> => [
    response.status,
    ((await response.json()) as { code?: string }).code,
  ];

  it('keep their turn until their decode has ended, also when their client is gone', async () => {
    await serveFor(60_000);
    const stop = new AbortController();
    const gone = similar(stop.signal).catch(() => 'gone');
    await until(() => decodes.length === 1);
    expect(await told(await similar())).to.deep.equal([503, 'OVERLOADED']);
    stop.abort();
    expect(await gone).to.equal('gone');
    await until(() => rig.entries.some(({ status }) => status === null));
    expect(await told(await similar())).to.deep.equal([503, 'OVERLOADED']);
    decodes[0]!.end();
    const next = until(() => decodes.length > 1);
    await until(async () => {
      await Promise.race([similar(), next]);
      return decodes.length > 1;
    });
    for (const { end } of decodes) end();
  });

  it('keep their turn when the time for an answer is over, and say what took it', async () => {
    await serveFor(100);
    const late = await similar();
    const { detail } = (await late.clone().json()) as { detail: string };
    expect(detail).to.match(/in 100 ms: the picture was not read/);
    expect(await told(late)).to.deep.equal([503, 'ANSWER_TIMEOUT']);
    expect(await told(await similar())).to.deep.equal([503, 'OVERLOADED']);
    expectClosed();
    decodes[0]!.end();
  });

  it('leave the circuit of searches closed, whatever becomes of them', async () => {
    await serveFor(60_000);
    for (const [code, status] of [
      ['DECODE_TIMEOUT', 413],
      ['DECODE_MEMORY', 413],
      ['TOO_MANY_PIXELS', 413],
      ['DECODER_CRASHED', 422],
      ['CORRUPT', 422],
    ] as const) {
      decodes = [];
      const answer = similar();
      await until(() => decodes.length === 1);
      decodes[0]!.fail(new ImageError(code, 'It is dear', 'Shrink it.', { format: null }));
      expect(await told(await answer)).to.deep.equal([status, code]);
    }
    expectClosed();
  });
});
