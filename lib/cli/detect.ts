import { createInterface } from 'node:readline';
import { detectLanguage } from '../analyzers/detect.ts';
import { DETECTOR_SPEC, type Detection, type DetectOptions } from '../analyzers/detection.ts';
import { HINT_SPEC, type NameHint } from '../analyzers/hints.ts';
import { OptionError, quoteValue, RecordError } from '../errors.ts';
import { parseJson } from '../source/json-value.ts';
import type { CommandSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { EXIT } from './exit-codes.ts';
import { type Io, note, print, printJson } from './io.ts';
import { JSON_OPTION } from './options.ts';

const HINT = flagsOf(HINT_SPEC, ['country', 'language']);
const DICTIONARIES = flagsOf(DETECTOR_SPEC, ['dictionaries']);

/** `suoyin detect`: detects the language of names, from arguments or standard input. */
export const detectCommand: CommandSpec = {
  name: 'detect',
  summary: 'tell whether names are Chinese or Japanese',
  args: [
    {
      name: '[names...]',
      description:
        'names; without any, one a line on standard input, or JSON {"name", "country", "region", "language", "names"}; JSON lines out',
    },
  ],
  options: [...HINT.options, ...DICTIONARIES.options, JSON_OPTION],
  examples: [
    'suoyin detect 清水寺',
    'suoyin detect 衞生署 --country HK',
    'suoyin detect < names.txt > languages.jsonl',
  ],
  async run({ args, options }, io) {
    const names = (args[0] ?? []) as readonly string[];
    const asked = { hint: HINT.read(options), dictionaries: true, ...DICTIONARIES.read(options) };
    if (names.length === 0 && io.stdin === null) {
      const help = 'Give names, or one a line on standard input: suoyin detect 清水寺';
      throw new OptionError('NAME_MISSING', 'No name was given', help);
    }
    if (names.length === 0) return detectLines(asked, io);
    for (const name of names) {
      const detection = await detectLanguage(name, asked);
      if (options['json']) await printJson(io, detection);
      else await print(io, sentence(name, detection));
    }
    return EXIT.done;
  },
};

/**
 * Answers every line of standard input: a name, or a JSON object with a name and a hint. A line that can't be read is
 * reported and answered as an empty name, so that line n of the output answers line n of the input.
 *
 * @returns The exit code.
 */
async function detectLines(asked: DetectOptions & { hint: NameHint }, io: Io): Promise<number> {
  let line = 0;
  let bad = 0;
  for await (const text of createInterface({ input: io.stdin!, crlfDelay: Infinity })) {
    line += 1;
    try {
      const { name, hint } = text.trimStart().startsWith('{')
        ? readLine(text, line)
        : { name: text, hint: {} };
      const own = hint.language ?? hint.country ?? hint.region;
      const stated = own === undefined ? { ...asked.hint, ...hint } : hint;
      await printJson(io, await detectLanguage(name, { ...asked, hint: stated }));
    } catch (fault) {
      if (!(fault instanceof RecordError || fault instanceof OptionError)) throw fault;
      bad += 1;
      note(io, `suoyin: line ${line}: ${fault.message} [${fault.code}]`);
      await printJson(io, await detectLanguage(''));
    }
  }
  return bad > 0 ? EXIT.failed : EXIT.done;
}

/** Reads a name and its hint from a record. Null counts as absent; other fields are ignored. */
function readLine(text: string, line: number): { name: string; hint: NameHint } {
  const hint = 'Give {"name": "清水寺", "country": "JP"}, or the bare name';
  const parsed = parseJson(Buffer.from(text), { line, column: 1 });
  if (parsed?.error) throw parsed.error;
  const record = (parsed?.value ?? {}) as NameHint & { name?: unknown };
  const { name } = record;
  if (typeof name !== 'string') {
    const what = `name ${quoteValue(name)} is no text`;
    throw new RecordError('NAME_MISSING', what, hint, { field: 'name', value: name });
  }
  const stated = Object.keys(HINT_SPEC.options)
    .map((field) => [field, record[field as keyof NameHint] ?? undefined] as const)
    .filter(([, value]) => value !== undefined);
  return { name, hint: Object.fromEntries(stated) };
}

function sentence(name: string, detection: Detection): string {
  const { language, confidence, alsoZh, alsoJa, reason } = detection;
  const also = [
    alsoZh && language !== 'zh' ? 'also a Chinese name' : '',
    alsoJa && language !== 'ja' ? 'also a Japanese name' : '',
  ];
  const parts = [`${language} ${confidence.toFixed(2)}`, ...also, String(reason)];
  return `${name}  ${parts.filter((part) => part !== '').join('; ')}`;
}
