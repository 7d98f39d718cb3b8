// Counts the steps between two turns of the event loop of the thread that answers searches.
import { parseArgs } from 'node:util';
import { DEAR_TEXTS } from '../test/hostile/dear-texts.ts';
import { stepCounter } from '../test/support/steps.ts';

const USAGE = `npm run bench -- turns --data DIR

  --data DIR  index of the places, opened read-only`;

/** Runs what `npm run bench -- turns` was asked for. */
export async function benchTurns(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { data: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  if (values.help || values.data === undefined) {
    console.log(USAGE);
    return;
  }
  const module = new URL('turn-functions.ts', import.meta.url);
  module.searchParams.set('data', values.data);
  const counter = await stepCounter(module);
  console.log('| call | text | most steps of a turn |');
  console.log('| --- | --- | --- |');
  for (const name of counter.names) {
    for (const text of DEAR_TEXTS) {
      const steps = await counter.longest(name, text);
      console.log(`| ${name} | ${text.slice(0, 40)} | ${steps.toLocaleString('en')} |`);
    }
  }
  await counter.close();
}
