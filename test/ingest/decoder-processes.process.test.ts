import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import { PHOTOS } from '../../examples/photos.ts';
import { OptionError } from '../../lib/errors.ts';
import {
  type DecoderOptions,
  type DecoderProcesses,
  decoderProcesses,
} from '../../lib/ingest/decode/decoder-processes.ts';
import { describeImage } from '../../lib/knn/describe/describe.ts';
import { makeThumbnail } from '../../lib/knn/describe/image.ts';
import type { ImageError } from '../../lib/knn/describe/image-error.ts';
import { giveBack } from '../support/lifetime.ts';
import { until } from '../support/polling.ts';
import { cpuOf, dearPicture } from '../support/dear-picture.ts';
import { startScript } from '../support/processes.ts';
import { runs } from '../support/properties.ts';

const BOATS = PHOTOS['nagasaki-boats.jpg']!;

function decoderOf(options: DecoderOptions = {}): DecoderProcesses {
  const decoder = decoderProcesses({ count: 1, ...options });
  giveBack(() => decoder.close());
  return decoder;
}

/** What a call comes to: its value, or class, code, format and message of its error. */
async function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    const { name, code, message, format } = error as ImageError;
    return { name, code, message, format };
  }
}

/** Ids of the processes that a process has started, without those that have ended. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const [, state, parent] = /\) (\S) (\d+) /.exec(
          readFileSync(`/proc/${name}/stat`, 'utf8'),
        )!;
        return Number(parent) === pid && state !== 'Z';
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Those among them that decode. */
function decodersOf(pid: number): number[] {
  return childrenOf(pid).filter((child) =>
    readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('decoder-process'),
  );
}

describe('decoderProcesses', function () {
  this.timeout(180_000);
  let dear: Buffer;
  /** Milliseconds of CPU that are too few for it on this machine. */
  let tooFew: number;
  before(async () => {
    dear = await dearPicture();
    tooFew = Math.max(100, (await cpuOf(() => describeImage(dear))) / 3);
  });

  it('describes pictures and makes thumbnails as this process does', async () => {
    const decoder = decoderOf({ count: 2 });
    await Promise.all(
      Object.values(PHOTOS).map(async (bytes) => {
        expect(await decoder.describe(bytes)).to.deep.equal(await describeImage(bytes));
        const box = { width: 64, height: 64, format: 'webp' } as const;
        const thumbnail = Buffer.from(await decoder.thumbnail(bytes, box));
        expect(thumbnail.equals(await makeThumbnail(bytes, box))).to.equal(true);
      }),
    );
  });

  it('fails as this process does', async () => {
    const decoder = decoderOf();
    for (const [bytes, limits] of [
      [Buffer.alloc(0), {}],
      [Buffer.from('no picture'), {}],
      [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), {}],
      [BOATS.subarray(0, 5000), {}],
      [BOATS, { maxPixels: 10 }],
      [BOATS, { maxPixels: -1 }],
      ['/etc/passwd' as unknown as Uint8Array, {}],
    ] as const) {
      const told = await outcomeOf(describeImage(bytes, limits));
      expect(told).to.have.property('code');
      expect(await outcomeOf(decoder.describe(bytes, limits))).to.deep.equal(told);
    }
  });

  it('comes to what this process comes to, whatever the bytes are', async () => {
    const decoder = decoderOf();
    const small = await sharp(BOATS).resize(64).toBuffer();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(small.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.nat(small.length),
        async (changes, length) => {
          const bytes = Uint8Array.from(small.subarray(0, length));
          for (const [at, value] of changes) if (at < length) bytes[at] = value;
          const [here, there] = [describeImage(bytes), decoder.describe(bytes)].map(outcomeOf);
          expect(await there).to.deep.equal(await here);
        },
      ),
      { numRuns: runs(100) },
    );
  });

  it('ends what takes too much CPU, and decodes the next one', async () => {
    const decoder = decoderOf({ cpuMs: Math.round(tooFew) });
    const told = await outcomeOf(decoder.describe(dear));
    expect(told).to.include({ name: 'ImageError', code: 'DECODE_TIMEOUT' });
    const small = await sharp(BOATS).resize(64).toBuffer();
    expect((await decoder.describe(small)).width).to.equal(64);
  });

  it('ends what takes too much memory, and decodes the next one', async () => {
    const decoder = decoderOf({ memoryBytes: 200 * 2 ** 20 });
    const told = await outcomeOf(decoder.describe(dear));
    expect(told).to.include({ name: 'ImageError', code: 'DECODE_MEMORY' });
    expect((await decoder.describe(BOATS)).format).to.equal('jpeg');
  });

  it('decodes again what a process died under, and gives up what it died under twice', async () => {
    const decoder = decoderOf();
    const kill = async (before: readonly number[]): Promise<number> => {
      const fresh = (): number | undefined =>
        decodersOf(process.pid).find((pid) => !before.includes(pid) && memoryOf(pid) > 220);
      await until(() => fresh() !== undefined);
      const pid = fresh()!;
      process.kill(pid, 'SIGKILL');
      return pid;
    };
    const once = decoder.describe(dear);
    const first = await kill([]);
    expect((await once).width).to.equal(4600);
    const twice = outcomeOf(decoder.describe(dear));
    const second = await kill([first]);
    await kill([first, second]);
    expect(await twice).to.include({ name: 'ImageError', code: 'DECODER_CRASHED' });
    expect((await decoder.describe(BOATS)).format).to.equal('jpeg');
  });

  it('lets a caller go at once, and what it had begun come to its end', async () => {
    const decoder = decoderOf();
    const stop = new AbortController();
    const { signal } = stop;
    await decoder.describe(BOATS);
    const [pid] = decodersOf(process.pid);
    const given = [dear, BOATS].map((bytes) => decoder.describe(bytes, { signal }).catch(String));
    stop.abort(new Error('gone'));
    expect(await Promise.all(given)).to.deep.equal(['Error: gone', 'Error: gone']);
    expect((await decoder.describe(BOATS)).format).to.equal('jpeg');
    expect(decodersOf(process.pid)).to.deep.equal([pid]);
    await outcomeOf(decoder.describe(BOATS, { signal })).then((told) =>
      expect(told).to.include({ message: 'gone' }),
    );
  });

  it('ends at once when it is closed, whatever it does', async () => {
    const decoder = decoderOf({ count: 2 });
    const given = [1, 2, 3].map(() => outcomeOf(decoder.describe(dear)));
    await until(() => decodersOf(process.pid).length === 2);
    await decoder.close();
    expect(decodersOf(process.pid)).to.deep.equal([]);
    for (const told of await Promise.all(given)) expect(told).to.include({ code: 'ENGINE_CLOSED' });
    expect(await outcomeOf(decoder.describe(BOATS))).to.include({ code: 'ENGINE_CLOSED' });
    await decoder.close();
  });

  it('lets no secret of the environment be seen', async () => {
    process.env['SWORDFISH'] = 'swordfish';
    giveBack(() => delete process.env['SWORDFISH']);
    await decoderOf().describe(BOATS);
    const [pid] = decodersOf(process.pid);
    expect(readFileSync(`/proc/${pid}/environ`, 'latin1')).not.to.match(/swordfish/i);
  });

  it('stays while the group of processes is told to end, as by Ctrl-C', async () => {
    const decoder = decoderOf();
    await decoder.describe(BOATS);
    const [pid] = decodersOf(process.pid);
    const dearOne = decoder.describe(dear);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.kill(pid!, signal);
    expect((await dearOne).width).to.equal(4600);
    expect(decodersOf(process.pid)).to.deep.equal([pid]);
  });

  const SCRIPT = fileURLToPath(new URL('decoder-user.ts', import.meta.url));

  it('keeps no process alive that has nothing more to do', async () => {
    const child = startScript(SCRIPT, []);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    expect(line).to.equal('64');
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).to.equal(0);
  });

  it('ends with the process that uses it, even where that is killed', async () => {
    const child = startScript(SCRIPT, ['busy']);
    await once(createInterface(child.stdout), 'line');
    const pids = decodersOf(child.pid!);
    expect(pids).to.have.length(1);
    await until(() => memoryOf(pids[0]!) > 220);
    child.kill('SIGKILL');
    await until(() => pids.every((pid) => !isThere(pid)));
  });

  it('refuses options that make no sense', () => {
    for (const options of [
      { count: 0 },
      { cpuMs: 1 },
      { memoryBytes: 5 },
      { niceness: 20 },
      { n: 1 },
    ]) {
      expect(() => decoderProcesses(options)).to.throw(OptionError);
    }
  });
});

/** Resident, in MiB: with more than 200 it is at a picture that is dear. */
function memoryOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
  } catch {
    return 0;
  }
}

function isThere(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
