import { createInterface } from 'node:readline';
import { type Detection, loadDetector } from '../analyzers/detect.ts';
import { OptionError } from '../errors.ts';
import type { CommandSpec } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { JSON_OPTION } from './options.ts';

/** `suoyin detect`: the language of names, given or on standard input. */
export const detectCommand: CommandSpec = {
  name: 'detect',
  summary: 'tell whether names are Chinese or Japanese',
  args: [
    {
      name: '[names...]',
      description: 'names; without any, one a line on standard input, as JSON lines out',
    },
  ],
  options: [JSON_OPTION],
  examples: ['suoyin detect 清水寺', 'suoyin detect < names.txt > languages.jsonl'],
  async run({ args, options }, io) {
    const names = (args[0] ?? []) as readonly string[];
    if (names.length === 0 && io.stdin === null) {
      const hint = 'Give names, or one a line on standard input: suoyin detect 清水寺';
      throw new OptionError('NAME_MISSING', 'No name was given', hint);
    }
    const detector = await loadDetector();
    if (names.length === 0) {
      for await (const name of createInterface({ input: io.stdin!, crlfDelay: Infinity })) {
        await printJson(io, detector.detect(name));
      }
      return EXIT.done;
    }
    for (const name of names) {
      const detection = detector.detect(name);
      if (options['json']) await printJson(io, detection);
      else await print(io, sentence(name, detection));
    }
    return EXIT.done;
  },
};

function sentence(name: string, detection: Detection): string {
  const { language, confidence, alsoZh, alsoJa, reason } = detection;
  const also = [
    alsoZh && language !== 'zh' ? 'also a Chinese name' : '',
    alsoJa && language !== 'ja' ? 'also a Japanese name' : '',
  ];
  const parts = [`${language} ${confidence.toFixed(2)}`, ...also, String(reason)];
  return `${name}  ${parts.filter((part) => part !== '').join('; ')}`;
}
