import { expect } from 'chai';
import sharp, { type Sharp } from 'sharp';
import { PHOTOS } from '../../examples/photos.ts';
import { REQUEST_LIMITS } from '../../lib/server/limits.ts';
import { describeImage } from '../../lib/knn/describe/describe.ts';
import { cpuOf, dearPicture } from '../support/dear-picture.ts';
import { type Attacked, startAttacked } from './attacked.ts';

type Told = [status: number, code: string | undefined, retryAfter: string | null];

const FOUND: Told = [200, undefined, null];
const FLOWER = PHOTOS['flower.jpg']!;

async function similar({ url }: Attacked, bytes: Buffer): Promise<Told> {
  const given = { method: 'POST', body: Buffer.from(bytes) };
  const response = await fetch(`${url}/similar`, given);
  const { code } = (await response.json()) as { code?: string };
  return [response.status, code, response.headers.get('retry-after')];
}

function grey(width: number, height: number): Sharp {
  return sharp({ create: { width, height, channels: 3, background: '#888' } });
}

describe('pictures that are dear to decode', function () {
  this.timeout(300_000);
  let dear: Buffer;
  before(async () => {
    dear = await dearPicture();
  });

  describe('for a server that gives them little', () => {
    let attacked: Attacked;
    before(async () => {
      const limits = { ...REQUEST_LIMITS, answerMs: 250_000 };
      const enough = await cpuOf(() => describeImage(dear));
      const cpuMs = Math.max(100, Math.round(enough / 3));
      attacked = await startAttacked({ decoder: { cpuMs }, limits });
    });
    after(() => attacked.stop());

    it('are 413 and leave texts, other pictures, memory and the circuit as they are', async () => {
      const { memory: before } = await attacked.state();
      const attack = Promise.all(Array.from({ length: 5 }, () => similar(attacked, dear)));
      let under = true;
      void attack.finally(() => (under = false));
      let most = 0;
      while (under) {
        expect((await fetch(`${attacked.url}/suggest?q=tokyo`)).status).to.equal(200);
        most = Math.max(most, (await attacked.state()).memory);
      }
      for (const told of await attack) expect(told).to.deep.equal([413, 'DECODE_TIMEOUT', null]);
      expect(await similar(attacked, FLOWER)).to.deep.equal(FOUND);
      expect(await attacked.gauge('suoyin_limiter_circuit_open')).to.equal(0);
      expect((most - before) / 2 ** 20).to.be.below(150);
    });

    it('are told by their header where that says enough', async () => {
      const huge = await grey(7000, 7000).avif({ effort: 0, quality: 10 }).toBuffer();
      const long = await grey(65_600, 3).png().toBuffer();
      for (const bytes of [huge, long]) {
        expect(await similar(attacked, bytes)).to.deep.equal([413, 'TOO_MANY_PIXELS', null]);
      }
    });
  });

  describe('for a server that reads one at a time', () => {
    let attacked: Attacked;
    before(async () => {
      attacked = await startAttacked({ limits: { pictures: 1, answerMs: 250_000 } });
    });
    after(() => attacked.stop());

    it('are 503 beyond that number', async () => {
      const told = await Promise.all(Array.from({ length: 4 }, () => similar(attacked, dear)));
      const refused: Told = [503, 'OVERLOADED', '1'];
      expect(told.sort()).to.deep.equal([FOUND, refused, refused, refused]);
      expect(await similar(attacked, FLOWER)).to.deep.equal(FOUND);
    });

    for (const [megapixels, width, height] of [
      [50, 8192, 6144],
      [108, 12_000, 9000],
    ] as const) {
      it(`go in where they are photos of a telephone, of ${megapixels} megapixels`, async () => {
        const photo = sharp(PHOTOS['french-alps.jpg']).resize(width, height, { fit: 'fill' });
        const bytes = await photo.jpeg({ quality: 70 }).toBuffer();
        expect(await similar(attacked, bytes)).to.deep.equal(FOUND);
      });
    }
  });
});
