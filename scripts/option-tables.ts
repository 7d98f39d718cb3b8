// Writes documentation from declarations: docs/options.md, the options of every function and
// method; docs/cli.md, the commands with their flags; and in docs/places.md the table between `<!--
// options of NAME -->` and `<!-- end of options -->`. The functions are listed in
// test/support/doors.ts, which a test proves complete. `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { type AnySpec, type Option, wantedOf } from '../lib/options.ts';
import type { CommandSpec, OptionSpec } from '../lib/cli/command.ts';
import { COMMANDS } from '../lib/cli/commands.ts';
import { ENGINE_OPTIONS } from '../lib/cli/engine-options.ts';
import { DOORS } from '../test/support/doors.ts';

const DOCUMENT = fileURLToPath(new URL('../docs/options.md', import.meta.url));
const COMMAND_PAGE = fileURLToPath(new URL('../docs/cli.md', import.meta.url));
const PLACES = fileURLToPath(new URL('../docs/places.md', import.meta.url));
const MARKED = /<!-- options of ([\w.]+) -->\n[^]*?<!-- end of options -->/g;
/** Options that are documented with another function. */
const SAME: Readonly<Record<string, string>> = {
  fetch: 'see fetchImage',
  mapping: 'see placeMapping and imageMapping',
};

const INTRO = `# Options

Every function and method with the options that it takes: made from their declarations by
\`npx tsx scripts/option-tables.ts\`. An unknown name is refused with \`OPTION_UNKNOWN\` and the nearest known one, a bad
value with the code in its row. A default in italics is no fixed value.
`;

const COMMANDS_INTRO = `# Command line

\`npx suoyin\`, where it is installed in a folder. Every command has \`--help\` and \`--version\`; a mistyped flag is refused.
This page is made from the commands themselves by \`npx tsx scripts/option-tables.ts\`.

Data goes to stdout, progress with rate and ETA to stderr. Passwords never stand on the command line, where \`ps\` shows them:
\`--user-env\` and \`--api-key-env\` name a variable (AWS: \`AWS_ACCESS_KEY_ID\` and so on).

| exit code | means | then |
| --- | --- | --- |
| 0 | done | |
| 1 | failed, nothing was changed | read the message |
| 2 | usage | |
| 3 | the plan has changes; \`check\`, \`check-file\` and \`verify\` of parts: something was found | |
| 4 | too many dead letters: the alias was not moved. \`images add\`, \`notes add\`: some failed, the others are in | mend them, or raise \`--max-failed\` |
| 5 | another rebuild holds the lease | the same command goes on later |
| 6 | verification failed, or somebody moved the alias | the same |
| 7 | the cluster is not fit: out of reach, blocked, no access, plugin missing | the same |
| 8 | interrupted | the same |
| 9 | the outcome of the swap is unknown | the same: it reads the alias and finishes |
| 10 | the disk is full | free some space, then the same |

The alias stays where it was on all but 0 and 9.
`;

function tableOf(spec: AnySpec): string {
  const head = ['| option | takes | default | meaning | code |', '| --- | --- | --- | --- | --- |'];
  return [...head, ...rowsOf(spec)].join('\n');
}

function rowsOf(spec: AnySpec, path = ''): string[] {
  return Object.entries(spec.options).flatMap(([name, option]) => {
    const own = rowOf(`${path}${name}`, option, option.code ?? spec.code);
    const nested = option.type === 'object' && !SAME[name] && option.spec;
    return nested ? [own, ...rowsOf(nested, `${path}${name}.`)] : [own];
  });
}

function rowOf(name: string, option: Option, code: string): string {
  const unit = 'unit' in option && option.unit !== undefined ? `, in ${option.unit}` : '';
  const cells = [
    `\`${name}\``,
    SAME[name] ?? `${wantedOf(option)}${unit}`,
    defaultOf(option),
    option.help,
    `\`${code}\``,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('*', '\\*')).join(' | ')} |`;
}

function defaultOf(option: Option): string {
  if (option.required) return 'required';
  if (option.default !== undefined) {
    const { default: value } = option;
    return `\`${value === Infinity ? 'Infinity' : JSON.stringify(value)}\``;
  }
  return option.otherwise === undefined ? '' : `_${option.otherwise}_`;
}

async function write(file: string, text: string): Promise<void> {
  const config = await resolveConfig(file);
  const wanted = await format(text, { ...config, parser: 'markdown' });
  if (!process.argv.includes('--check')) writeFileSync(file, wanted);
  else if (readFileSync(file, 'utf8') !== wanted) {
    console.error(`${file} is not what is declared: run npx tsx scripts/option-tables.ts`);
    process.exitCode = 1;
  }
}

const doors = DOORS.toSorted((a, b) => (a.name < b.name ? -1 : 1));
const sections = doors.map(({ name, spec }) => `## ${name}\n\n${tableOf(spec)}`);
await write(DOCUMENT, [INTRO, ...sections].join('\n\n'));
const places = readFileSync(PLACES, 'utf8').replace(MARKED, (_all, name: string) => {
  const door = doors.find((one) => one.name === name)!;
  return `<!-- options of ${name} -->\n\n${tableOf(door.spec)}\n\n<!-- end of options -->`;
});
await write(PLACES, places);

function flagRow({
  flags,
  description,
  default: value,
  choices,
  repeat,
  required,
}: OptionSpec): string {
  const notes = [
    description,
    ...(choices ? [`one of ${choices.join(', ')}`] : []),
    ...(repeat && !description.includes('more than once') ? ['may come more than once'] : []),
    ...(required ? ['required'] : []),
  ];
  const meaning = notes.join('; ').replaceAll('<', '\\<');
  const cells = [`\`${flags}\``, meaning, value === undefined ? '' : `\`${value}\``];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function commandPart(name: string, { summary, args = [], options, examples }: CommandSpec): string {
  const usage = [`suoyin ${name}`, ...args.map((arg) => arg.name)].join(' ');
  const named = args.map((arg) => {
    const choices = arg.choices ? ` (${arg.choices.join(', ')})` : '';
    return `- \`${arg.name}\`: ${arg.description}${choices}`;
  });
  const own = options.filter((option) => !ENGINE_OPTIONS.includes(option));
  const ofIndex =
    own.length < options.length ? 'It takes the [flags of the index](#flags-of-the-index).' : '';
  const table = ['| flag | meaning | default |', '| --- | --- | --- |', ...own.map(flagRow)].join(
    '\n',
  );
  return [
    `## suoyin ${name}`,
    `${summary[0]!.toUpperCase()}${summary.slice(1)}.`,
    `\`\`\`\n${usage}\n\n${examples.join('\n')}\n\`\`\``,
    named.join('\n'),
    own.length > 0 ? table : '',
    ofIndex,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const commands = COMMANDS.flatMap((each) =>
  'commands' in each
    ? each.commands.map((inner): [string, CommandSpec] => [`${each.name} ${inner.name}`, inner])
    : [[each.name, each] as [string, CommandSpec]],
);
const flagsOfIndex = [
  '| flag | meaning | default |',
  '| --- | --- | --- |',
  ...ENGINE_OPTIONS.map(flagRow),
];
await write(
  COMMAND_PAGE,
  [
    COMMANDS_INTRO,
    '## Flags of the index',
    'On all commands that work on one.',
    flagsOfIndex.join('\n'),
    ...commands.map(([name, each]) => commandPart(name, each)),
  ].join('\n\n'),
);
