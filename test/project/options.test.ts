import { expect } from 'chai';
import fc from 'fast-check';

import { OptionError } from '../../lib/errors.ts';
import { nearestName } from '../../lib/nearest-name.ts';
import { defined, settle, type AnySpec, type Spec } from '../../lib/options.ts';
import { DOORS, type Door } from '../support/doors.ts';
import { optionParameters } from '../support/option-parameters.ts';

/** The refusal of a call, null where it took the options. */
async function refusalOf(door: Door, options: object): Promise<OptionError | null> {
  try {
    await door.call({ ...door.required, ...options } as never);
  } catch (error) {
    if (error instanceof OptionError) return error;
  }
  return null;
}

/** Numbers just outside of each numeric option, and what is no number. */
function badNumbers({ options }: AnySpec): [name: string, value: unknown][] {
  return Object.entries(options).flatMap(([name, option]): [string, unknown][] => {
    if (option.type !== 'whole' && option.type !== 'number') return [];
    const { type, min, over, max, orEndless } = option;
    const values = [
      Number.NaN,
      '5',
      -Infinity,
      ...(orEndless ? [] : [Infinity]),
      ...(type === 'whole' ? [1.5, 2 ** 53] : []),
      ...(min === undefined ? [] : [min - (type === 'whole' ? 1 : 1e-9)]),
      ...(over === undefined ? [] : [over]),
      ...(max === undefined ? [] : [max + (type === 'whole' ? 1 : max * 1e-9)]),
    ];
    return values.map((value) => [name, value]);
  });
}

describe('options of every door', () => {
  for (const door of DOORS) {
    const { name, spec } = door;
    const known = Object.keys(spec.options);

    it(`${name} refuses a misspelt option by its name, with the one that is meant`, async () => {
      for (const meant of known) {
        const wrong = `${meant}${meant.at(-1)!}`;
        const error = await refusalOf(door, { [wrong]: undefined });
        expect(error, wrong).to.have.property('code', 'OPTION_UNKNOWN');
        expect(error!.message).to.include(`There is no option "${wrong}". Did you mean ${meant}?`);
      }
    });

    it(`${name} takes undefined for not given`, async () => {
      const nothing = Object.fromEntries(known.map((option) => [option, undefined]));
      const error = await refusalOf(door, { ...nothing, ...door.required, zzz: 1 });
      expect(error!.message).to.match(/^There is no option "zzz"\. There are /);
    });

    it(`${name} refuses numbers outside of their range, and what is none`, async () => {
      for (const [option, value] of badNumbers(spec)) {
        const error = await refusalOf(door, { [option]: value });
        expect(error, `${option} ${String(value)}`).to.be.instanceOf(OptionError);
        expect(error!.code).to.equal(spec.options[option]!.code ?? spec.code);
        expect(error!.message).to.include(option);
      }
    });

    it(`${name} refuses values of another type`, async () => {
      for (const [option, { type, code }] of Object.entries(spec.options)) {
        if (type === 'custom') continue;
        for (const value of [Symbol('x'), 10n, type === 'text' ? 5 : 'text']) {
          const error = await refusalOf(door, { [option]: value });
          expect(error, `${option} ${String(value)}`).to.have.property('code', code ?? spec.code);
        }
      }
    });

    it(`${name} refuses what is no object`, async () => {
      for (const options of [null, 'x', 5, [], true]) {
        const error = await Promise.resolve()
          .then(() => door.call(options as never))
          .then(
            () => null,
            (fault: unknown) => fault,
          );
        expect(error, JSON.stringify(options)).to.be.instanceOf(OptionError);
      }
    });
  }
});

/** What looks like options and is data: what a call is about, checked by whoever reads it. */
const DATA: readonly RegExp[] = [
  // Records, documents, searches, and what engines answer.
  /^(PlaceRecord|PlaceDocument|ImageContent|PlaceQuery|PlaceFilter|KeySearch|TextSearch|HashSearch|VectorSearch|BoundaryPoint|Click)$/,
  /^Pick<PlaceRecord/,
  /hits\?: /,
  // `toImageDocument`: the parts of a document, refused as those of a record.
  /^\{ content: ImageContent/,
  // Dictionaries: functions of `loadDictionaries`, which have more than one call needs.
  /^Pick<TextContext/,
  // What is asked, watched or answered.
  /^(Engine|WatchedQueue|IncomingMessage)$/,
  /^ServerResponse/,
  // Facts of an error, and of a generation.
  /^(FetchErrorOptions|ErrorOptions( & .*)?)$/,
  /^Record<string, unknown>$/,
  // The box of a thumbnail, which `thumbnailStore` checks by a spec of its own.
  /^ThumbnailSize$/,
];

describe('the list of doors', () => {
  const parameters = optionParameters();

  it('has every exported function, constructor and method that takes options', () => {
    const listed = new Set(DOORS.map(({ name }) => name));
    const missing = parameters
      // Engines are called by indexes, which have checked what they were given.
      .filter(({ of }) => !of.startsWith('Engine.'))
      .filter(({ type }) => !DATA.some((data) => data.test(type)))
      .filter(({ of, name }) => !listed.has(of) && !listed.has(`${of} ${name}`))
      .map(({ of, name, type }) => `${of}(${name}: ${type})`);
    expect(missing).to.deep.equal([]);
  });

  it('finds doors of each kind', () => {
    const names = parameters.map(({ of }) => of);
    expect(names).to.include.members(['createHandler', 'new PlaceIndex', 'ImageIndex.purge']);
    expect(names).to.include.members(['Limiter.run', 'PlaceIndex.gc', 'detectLanguage']);
  });
});

describe('settle', () => {
  const SPEC: Spec<{ size?: number; name?: string }, 'size'> = {
    code: 'SIZE_INVALID',
    options: {
      size: { type: 'whole', min: 1, max: 9, default: 3, help: 'of it' },
      name: { type: 'text', help: 'of it' },
    },
  };

  it('fills in defaults, also for undefined, and leaves the rest out', () => {
    expect(settle(SPEC, {})).to.deep.equal({ size: 3 });
    expect(settle(SPEC, { size: undefined, name: undefined } as never)).to.deep.equal({ size: 3 });
    expect(settle(SPEC, { size: 4, name: 'x' })).to.deep.equal({ size: 4, name: 'x' });
  });

  it('never looks a name up in a prototype', () => {
    for (const name of Object.getOwnPropertyNames(Object.prototype)) {
      const given = JSON.parse(`{"${name}":1}`) as object;
      expect(() => settle(SPEC, given)).to.throw(`There is no option "${name}"`);
    }
  });

  it('takes any whole number in range and no other value', () => {
    fc.assert(
      fc.property(fc.anything(), (size) => {
        const isIn = Number.isInteger(size) && (size as number) >= 1 && (size as number) <= 9;
        const call = (): unknown => settle(SPEC, { size } as never);
        if (isIn || size === undefined) call();
        else expect(call).to.throw(OptionError).with.property('code', 'SIZE_INVALID');
      }),
    );
  });
});

describe('nearestName', () => {
  const known = ['limit', 'language', 'm', 'id', 'maxDistance'];

  it('finds what was meant, and nothing for what is like none', () => {
    for (const [typed, meant] of [
      ['lang', 'language'],
      ['LIMIT', 'limit'],
      ['limti', 'limit'],
      ['M', 'm'],
      ['ids', 'id'],
      ['distance', 'maxDistance'],
      ['zzz', null],
      ['x'.repeat(100_000), null],
    ] as const) {
      expect(nearestName(typed, known), typed.slice(0, 9)).to.equal(meant);
    }
  });
});

describe('defined', () => {
  it('leaves out what is undefined, and nothing else', () => {
    expect(defined({ a: 1, b: undefined, c: null, d: 0, e: '' })).to.deep.equal({
      a: 1,
      c: null,
      d: 0,
      e: '',
    });
  });
});
