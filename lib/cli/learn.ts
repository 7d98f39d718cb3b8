import { type Click, LEARN_SPEC, learnBoosts } from '../autocomplete/record/learned.ts';
import { RecordError } from '../errors.ts';
import { readJsonLines } from '../source/json-lines.ts';
import type { CommandSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { EXIT } from './exit-codes.ts';
import { note, printJson } from './io.ts';

const LEARN = flagsOf(LEARN_SPEC, ['minClicks']);

/** `suoyin learn`: makes boosts of places from what people chose. */
export const learnCommand: CommandSpec = {
  name: 'learn',
  summary: 'turn what people chose from lists into boosts of places for --boosts, JSON lines',
  args: [
    { name: '<clicks>', description: 'JSON lines {"query", "id"}, with "session" or without' },
  ],
  options: LEARN.options,
  examples: [
    'suoyin learn clicks.jsonl > boosts.jsonl',
    'suoyin index-rebuild places --source places.jsonl.gz --boosts boosts.jsonl',
  ],
  async run({ args: [clicks], options }, io) {
    const learner = learnBoosts(LEARN.read(options));
    let [good, bad] = [0, 0];
    for await (const { line, value, error } of readJsonLines(clicks as string, { pipe: true })) {
      try {
        if (error) throw error;
        learner.add(value as Click);
        good += 1;
      } catch (fault) {
        if (!(fault instanceof RecordError)) throw fault;
        bad += 1;
        note(io, `suoyin: line ${line}: ${fault.message} [${fault.code}]`);
      }
    }
    const boosts = learner.boosts();
    for (const boost of boosts) await printJson(io, boost);
    note(io, `suoyin: ${boosts.length} boosts from ${good} choices; ${bad} lines can't be used`);
    return bad > 0 ? EXIT.failed : EXIT.done;
  },
};
