import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import {
  type DecoderOptions,
  type DecoderProcesses,
  decoderProcesses,
} from '../../lib/ingest/decode/decoder-processes.ts';
import type { ImageDocument } from '../../lib/knn/document.ts';
import { BOATS, CAT, drawn } from '../knn/photos.ts';
import { flat, meanColorModel, rounded } from '../knn/onnx-file.ts';
import { type Run, runCli } from '../support/cli.ts';
import { codeOf, failureOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd, giveBack } from '../support/lifetime.ts';

function decoderOf(options: DecoderOptions = {}): DecoderProcesses {
  const decoder = decoderProcesses({ count: 1, ...options });
  giveBack(() => decoder.close());
  return decoder;
}

describe('a second model, run where pictures are read', () => {
  let dir: string;
  let model: string;
  beforeEach(() => {
    dir = tempFolder();
    model = join(dir, 'mean.onnx');
    writeFileSync(model, meanColorModel());
  });

  it('is told by what its vectors depend on: the file, the file beside it, and options', async () => {
    const decoder = decoderOf();
    const plain = await decoder.openModel({ model });
    expect(plain).to.include({ dimension: 3 });
    const size = { width: 8, height: 8, input: 'pixels', output: 'vector' };
    expect(plain.made).to.deep.include({ ...size, mean: [0, 0, 0], fit: 'fill' });
    const orange = await flat('#ff8000');
    const opened = { options: { model }, id: plain.id };
    expect(rounded(await decoder.embed(orange, opened))).to.deep.equal([1, 0.502, 0]);
    const mean = [1, 0, 0.5];
    const told = await decoder.openModel({ model, mean });
    expect(told.id).to.not.equal(plain.id);
    const shifted = await decoder.embed(orange, { options: { model, mean }, id: told.id });
    expect(rounded(shifted)).to.deep.equal([0, 0.502, -0.5]);
    writeFileSync(join(dir, 'mean.json'), JSON.stringify({ channels: 'rgb', mean }));
    // What was opened stays; whoever opens it now reads the file beside it.
    expect(rounded(await decoder.embed(orange, opened))).to.deep.equal([1, 0.502, 0]);
    expect((await decoderOf().openModel({ model })).id).to.equal(told.id);
    const changed = decoderOf().embed(orange, opened);
    expect((await failureOf(changed)).message).to.include('has changed since');
  });

  it('is refused with what is wrong of it', async () => {
    const decoder = decoderOf();
    const refusal = async (options: Parameters<typeof decoder.openModel>[0]): Promise<string> =>
      (await failureOf(decoder.openModel(options))).message;
    expect(await refusal({ model: join(dir, 'none.onnx') })).to.include('none.onnx');
    expect(await refusal({ model, output: 'nothing' })).to.include('vector');
    writeFileSync(join(dir, 'odd.onnx'), 'odd');
    expect(await codeOf(decoder.openModel({ model: join(dir, 'odd.onnx') }))).to.equal(
      'ONNX_INVALID',
    );
    writeFileSync(join(dir, 'mean.json'), '{');
    expect(await refusal({ model })).to.include('mean.json');
    writeFileSync(join(dir, 'mean.json'), '{ "means": 1 }');
    expect(await codeOf(decoder.openModel({ model }))).to.equal('OPTION_UNKNOWN');
    writeFileSync(join(dir, 'mean.json'), '{}');
    const small = decoderOf({ memoryBytes: 128 * 2 ** 20 });
    expect((await failureOf(small.openModel({ model }))).message).to.match(/more than 128 MiB/);
    // One that fails does not end the decoder.
    expect(await decoder.openModel({ model })).to.include({ dimension: 3 });
  });

  it('serves an index that was given no decoder, and ends with it', async () => {
    const engine = closeAtEnd(embedded({ dataDir: ':memory:' }));
    const index = new ImageIndex(engine, { semantic: { model } });
    await index.add(BOATS, { id: 'boats' });
    const green = await drawn('<rect width="400" height="300" fill="#20d020"/><circle r="90"/>');
    await index.add(green, { id: 'green' });
    const [best, second] = await index.similar(CAT);
    expect([best!.id, second!.id]).to.deep.equal(['boats', 'green']);
    expect(best!.semantic).to.be.below(second!.semantic!);
    await index.close();
  });

  it('is named on the command line by its file', async () => {
    const run = (...args: string[]): Promise<Run> => runCli(args, { cwd: dir });
    const second = ['--semantic-model', 'mean.onnx'];
    for (const [name, bytes] of Object.entries({ boats: BOATS, cat: CAT })) {
      writeFileSync(join(dir, `${name}.jpg`), bytes);
    }
    const added = await run('images', 'add', 'boats.jpg', ...second, '--quiet');
    expect(added.out, added.err).to.match(/^1 added/);
    const like = await run('similar', 'cat.jpg', '--json', ...second);
    const [found] = JSON.parse(like.out) as { rule: string; semantic: number }[];
    expect(found).to.include({ rule: 'nearest' });
    expect(found!.semantic).to.be.a('number');
    expect((await run('images', 'add', 'cat.jpg', '--quiet')).err).to.include('SEMANTIC_MISSING');
    writeFileSync(join(dir, 'mean.json'), JSON.stringify({ mean: [1, 1, 1] }));
    const other = await run('similar', 'cat.jpg', ...second);
    expect(other.err).to.include('SEMANTIC_DIFFERS').and.include('"mean":[0,0,0]');
    const missing = await run('similar', 'cat.jpg', '--semantic-model', 'none.onnx');
    expect(missing.err).to.include('ONNX_INVALID');
    // An index that was made without gets one by a rebuild.
    const plain = ['--data', 'plain'];
    await run('images', 'add', 'boats.jpg', ...plain, '--quiet');
    const off = await run('images', 'add', 'cat.jpg', ...plain, ...second, '--quiet');
    expect(off.err).to.include('SEMANTIC_OFF').and.include('index-rebuild images');
    const rebuilt = await run('index-rebuild', 'images', ...plain, ...second, '--quiet');
    expect(rebuilt.code, rebuilt.err).to.equal(0);
    const again = await run('images', 'add', '--again', 'boats.jpg', ...plain, ...second);
    expect(again.out, again.err).to.match(/1 (?:changed|unchanged)/);
    const index = closeAtEnd(embedded({ dataDir: join(dir, 'plain') }));
    expect((await index.get<ImageDocument>('images', 'boats.jpg'))!.semantic).to.have.lengthOf(3);
    const damaged = readFileSync(model).subarray(0, 60);
    writeFileSync(model, damaged);
    expect((await run('similar', 'cat.jpg', ...second)).err).to.include('ONNX_INVALID');
  });
});
