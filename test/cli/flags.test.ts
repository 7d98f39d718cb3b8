import { expect } from 'chai';
import fc from 'fast-check';

import type { CommandSpec, OptionSpec } from '../../lib/cli/command.ts';
import { COMMANDS } from '../../lib/cli/commands.ts';
import { flagsOf } from '../../lib/cli/declared.ts';
import { OptionError } from '../../lib/errors.ts';
import { fits, type NumberOption, type Spec } from '../../lib/options.ts';
import { runCli } from '../support/cli.ts';
import { DOORS } from '../support/doors.ts';

/** Flags that are no options of the library, or are not what an option of the same name is, and why. */
const OWN: Readonly<Record<string, string>> = {
  '--all': 'two options at once',
  '--api-key-env': 'a variable, so that `ps` shows no key',
  '--ca': 'a file; the option is its content',
  '--columns': 'of `outlines`: columns of areas',
  '--compact': 'a method of its own',
  '--country': 'one field of a filter or of fields',
  '--data-type': 'a part of the option `model`',
  '--dimension': 'a part of the option `model`',
  '--engine': 'which function makes the engine',
  '--file': 'the argument of a function',
  '--fix': 'of `check-file`, which the library keeps to itself',
  '--force': 'of `backup` and `restore`, which the library keeps to itself',
  '--html': 'what is done with an answer',
  '--id': 'the argument of a function',
  '--ids': 'a file of the source',
  '--images': 'the alias of an index that is served',
  '--json': 'how an answer is printed',
  '--log': 'which entries are printed',
  '--max-disk': 'a part of the option `thumbnails`, a store',
  '--max-wrong': 'of `images threshold`, which the library keeps to itself',
  '--model-id': 'a part of the option `model`',
  '--no-open': 'of `demo`, which the library keeps to itself',
  '--notes': 'the alias of an index that is served',
  '--originals': 'a part of the option `thumbnails`, a store',
  '--places': 'the alias of an index that is served, or records of `outlines`',
  '--points': 'what is asked about',
  '--port': 'of `demo`, which takes the one after it where it is taken',
  '--prefix': 'of the keys in Redis',
  '--processes': 'how many processes serve',
  '--queries': 'what is asked',
  '--queue': 'name of the queue',
  '--quiet': 'whether progress is shown',
  '--redis': 'where the queue is',
  '--redis-env': 'a variable, so that `ps` shows no password',
  '--s3-endpoint': 'a part of the option `thumbnails`, a store',
  '--space': 'a part of the option `model`',
  '--strict': 'an option of how folders are listed',
  '--threads': 'threads that search places; the option of that name is for vectors',
  '--threshold': 'a part of the option `model`',
  '--thumbnail-format': 'a part of the option `thumbnails`, a store',
  '--thumbnail-gamma': 'a part of the option `thumbnails`, a store',
  '--thumbnail-quality': 'a part of the option `thumbnails`, a store',
  '--thumbnail-sharpen': 'a part of the option `thumbnails`, a store',
  '--thumbnail-sizes': 'a part of the option `thumbnails`, a store',
  '--thumbnails': 'a folder; the option is a store',
  '--token-env': 'a variable, so that `ps` shows no token',
  '--user-env': 'a variable, so that `ps` shows no password',
  '--vector': 'the argument of a function',
  '--verbose': 'how much is printed',
  '--wait': 'two options at once, with a default of its own',
};

const commands: readonly CommandSpec[] = COMMANDS.flatMap((each) =>
  'commands' in each ? each.commands : [each],
);
const flags = commands.flatMap(({ name, options }) => options.map((flag) => ({ name, flag })));

const longOf = ({ flags: text }: OptionSpec): string => text.split(' ')[0]!;

/** Texts of numbers just outside of a range. */
function badNumbers({ type, min, over, max }: NumberOption): string[] {
  return [
    'x',
    '',
    '0x10',
    'Infinity',
    ...(type === 'whole' ? ['1.5', String(2 ** 53)] : []),
    ...(min === undefined ? [] : [String(min - 1)]),
    ...(over === undefined ? [] : [String(over)]),
    ...(max === undefined ? [] : [String(max + 1)]),
  ];
}

/** The error that a flag's text is refused with; null where it is taken. */
function refusalOf({ parse }: OptionSpec, text: string): OptionError | null {
  try {
    parse!(text);
  } catch (error) {
    if (error instanceof OptionError) return error;
    throw error;
  }
  return null;
}

describe('flags', () => {
  it('repeat no option of the library by hand', () => {
    const byHand = flags.filter(({ flag }) => !flag.declared).map(({ flag }) => longOf(flag));
    expect([...new Set(byHand)].sort()).to.deep.equal(Object.keys(OWN).sort());
  });

  it('that are options say what is declared: help, default, range and choices', () => {
    for (const { name, flag } of flags) {
      const option = flag.declared;
      if (!option) continue;
      const said = (text: unknown): void => {
        const words = String(text).replaceAll('`', '');
        expect(flag.description, `${name} ${flag.flags}`).to.include(words);
      };
      said(option.off ?? option.help);
      if (option.type === 'text' && !option.wanted) option.choices?.forEach(said);
      if (option.type !== 'whole' && option.type !== 'number') continue;
      if (option.unit === 'ms') continue;
      said(option.min ?? option.over ?? '');
      said(option.otherwise ?? option.default ?? '');
    }
  });

  it('refuse numbers outside of their range, each with the code that is declared', () => {
    const specs = DOORS.flatMap(({ spec }) => spec);
    for (const { name, flag } of flags) {
      const option = flag.declared;
      if (option?.type !== 'whole' && option?.type !== 'number') continue;
      for (const text of badNumbers(option)) {
        const error = refusalOf(flag, text);
        expect(error, `${name} ${flag.flags} ${text}`).to.be.instanceOf(OptionError);
        expect(error!.message).to.include(longOf(flag));
        const codes = specs.flatMap(({ code }) => code);
        expect([option.code, ...codes]).to.include(error!.code);
      }
    }
  });

  it('read every number that an option can have as the same number', () => {
    const numbers = flags.flatMap(({ flag }) => {
      const option = flag.declared;
      if (option?.type !== 'whole' && option?.type !== 'number') return [];
      return option.unit === 'ms' ? [] : [{ flag, option }];
    });
    fc.assert(
      fc.property(fc.constantFrom(...numbers), fc.double({ noNaN: true }), (one, value) => {
        const { flag, option } = one;
        const number = option.type === 'whole' ? Math.round(value) : value;
        fc.pre(Number.isFinite(number) && fits(option, number) && number !== 0);
        expect(flag.parse!(JSON.stringify(number))).to.equal(number);
      }),
      { examples: numbers.map((one) => [one, one.option.min ?? one.option.default ?? 1]) as never },
    );
  });

  it('refuse times that are none', () => {
    const times = flags.filter(({ flag: { declared } }) => {
      return declared && 'unit' in declared && declared.unit === 'ms';
    });
    expect(times).to.have.length.above(4);
    for (const { flag } of times) {
      for (const text of ['', '5', '90 s', '-1s', '1w', '1.5h', '99999999999999999999d']) {
        expect(refusalOf(flag, text), `${flag.flags} ${text}`).to.be.instanceOf(OptionError);
      }
    }
  });
});

describe('flagsOf', () => {
  interface Options {
    sizeMs?: number;
    on?: boolean;
    off?: boolean;
    later?: boolean;
    tags?: string[];
    kinds?: string[];
    secret?: string;
  }
  const SPEC: Spec<Options, 'on' | 'off' | 'later'> = {
    code: 'SIZE_INVALID',
    options: {
      sizeMs: { type: 'number', min: 0, max: 90_000, unit: 'ms', help: 'of it' },
      on: { type: 'flag', default: false, help: 'does it' },
      off: { type: 'flag', default: true, help: 'does it', off: 'does not' },
      later: { type: 'flag', default: false, flag: '--no-swap', help: 'waits' },
      tags: { type: 'list', items: { type: 'text', help: '' }, repeats: true, help: 'of it' },
      kinds: { type: 'list', items: { type: 'text', help: '' }, most: 2, help: 'of it' },
      secret: { type: 'text', pattern: /^x$/, secret: true, help: 'of it' },
    },
  };
  const set = flagsOf(SPEC, ['sizeMs', 'on', 'off', 'later', 'tags', 'kinds', 'secret']);

  it('names flags by their options, less the unit', () => {
    expect(set.options.map((option) => option.flags)).to.deep.equal([
      '--size <time>',
      '--on',
      '--no-off',
      '--no-swap',
      '--tags <text>',
      '--kinds <list>',
      '--secret <text>',
    ]);
    expect(set.options[2]!.description).to.equal('does not');
  });

  it('reads what was typed by the names of the library, and nothing else', () => {
    expect(set.read({ off: true, swap: true })).to.deep.equal({});
    const typed = { size: 5, on: true, off: false, swap: false, tags: ['a,b'], other: 1 };
    const read = { sizeMs: 5, on: true, off: false, later: true, tags: ['a,b'] };
    expect(set.read(typed)).to.deep.equal(read);
  });

  it('reads a time in units, and a list by its commas or item by item', () => {
    const parse = (at: number, text: string): unknown => set.options[at]!.parse!(text);
    expect([parse(0, '90s'), parse(0, '1m'), parse(0, '250ms')]).to.deep.equal([
      90_000, 60_000, 250,
    ]);
    expect(parse(4, 'a,b')).to.equal('a,b');
    expect(parse(5, 'a, b')).to.deep.equal(['a', 'b']);
    expect(() => parse(0, '91s')).to.throw(OptionError, '--size can\'t be "91s"');
    expect(() => parse(5, 'a,b,c')).to.throw(OptionError, 'up to 2');
  });

  it('shows no secret in a refusal', () => {
    expect(() => set.options[6]!.parse!('hunter2')).to.throw(
      /^(?!.*hunter2).*can't be what was given/,
    );
  });
});

describe('suoyin', () => {
  it('refuses a value as the library does, before anything is opened', async () => {
    for (const [args, code] of [
      ['suggest x --limit 0', 'LIMIT_INVALID'],
      ['suggest x --limit ten', 'LIMIT_INVALID'],
      ['search x --kinds castle', 'KIND_INVALID'],
      ['search x --near 1', 'NEAR_INVALID'],
      ['images add --concurrency 0', 'INGEST_OPTION_INVALID'],
      ['images add --field =x', 'INGEST_OPTION_INVALID'],
      ['index-rebuild places --max-failed 0.5', 'MAX_FAILED_INVALID'],
      ['index-rebuild swap --keep-fresh 24', 'OPTION_INVALID'],
      ['gc --keep -1', 'KEEP_INVALID'],
      ['size --replicas 11', 'SIZE_INVALID'],
    ] as const) {
      const run = await runCli(args.split(' '));
      expect(run.err, args).to.include(`[${code}]`);
      expect(run.code, args).to.equal(2);
    }
  });

  it('names the flag and the choice that are like those that there are not', async () => {
    const all = COMMANDS.flatMap((spec) =>
      'commands' in spec
        ? spec.commands.map((inner) => ({ ...inner, name: `${spec.name} ${inner.name}` }))
        : [spec],
    ).flatMap(({ name, options }) => options.map((flag) => ({ name, flag })));
    const once = new Map(all.map(({ name, flag }) => [longOf(flag), { name, flag }]));
    let told = 0;
    for (const [long, { name, flag }] of once) {
      const typed = `${long}-dir`;
      if (all.some((each) => each.name === name && longOf(each.flag) === typed)) continue;
      const run = await runCli([...name.split(' '), typed, 'x']);
      expect(run.code).to.equal(2);
      // What is required is asked for first.
      if (/required option|missing required/.test(run.err)) continue;
      told += 1;
      expect(run.err, `${name} ${typed}`).to.match(/unknown option .*\n\(Did you mean .*\?\)/);
      const [choice] = flag.choices ?? [];
      if (choice === undefined) continue;
      const other = await runCli([...name.split(' '), long, `${choice}s`]);
      expect(other.err, `${name} ${long}`).to.include(`(Did you mean ${choice}?)`);
    }
    expect(told).to.be.greaterThan(50);
    const { err } = await runCli(['images', 'threshold', 'pairs', '--space', 'cosine']);
    expect(err).to.include('(Did you mean cosinesimil?)');
    expect((await runCli(['suggest', 'x', '--data-dir', 'x'])).err).to.include('mean --data?');
    expect((await runCli(['suggest', 'x', '--zzzz'])).err).to.not.include('mean');
  });
});
