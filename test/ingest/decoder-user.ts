// A process that reads pictures by processes of its own: to its end, or until it is killed.
import process from 'node:process';
import sharp from 'sharp';
import { decoderProcesses } from '../../lib/ingest/decode/decoder-processes.ts';

const decoder = decoderProcesses({ count: 2 });
const picture = (side: number, effort: number): Promise<Buffer> =>
  sharp({ create: { width: side, height: side, channels: 3, background: '#888' } })
    .avif({ effort, quality: 10 })
    .toBuffer();
const first = await decoder.describe(await picture(64, 0));
process.stdout.write(`${first.width}\n`);
if (process.argv[2] === 'busy') {
  const dear = await picture(4500, 0);
  for (;;) await decoder.describe(dear);
}
