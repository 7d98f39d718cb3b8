// Proposes the threshold of a model from labelled pairs: how many copies and strangers each one lets through.
import { parseArgs } from 'node:util';
import { pairsOf, thresholdLines } from '../lib/cli/images-threshold.ts';
import { proposeThreshold } from '../lib/knn/similar/propose-threshold.ts';
import type { SpaceType } from '../lib/knn/space.ts';

const USAGE =
  'Usage: npm run eval -- vectors PAIRS.jsonl [--space cosinesimil|l2|innerproduct|hamming] [--max-wrong SHARE]';

/** `eval vectors PAIRS.jsonl`: lines `{ a: [...], b: [...], same }`. */
export async function evalVectors(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { space: { type: 'string' }, 'max-wrong': { type: 'string', default: '0' } },
  });
  const [path] = positionals;
  if (path === undefined) throw new Error(USAGE);
  const pairs = await pairsOf(path, (values.space as SpaceType | undefined) ?? null, null);
  const proposed = proposeThreshold(pairs, { maxWrong: Number(values['max-wrong']) });
  console.log(thresholdLines(proposed).join('\n'));
}
