// Writes the tables of options from their declarations: docs/options.md with those of every function and
// method, and in README.md the one between `<!-- options of NAME -->` and `<!-- end of options -->`.
// The doors are those of test/support/doors.ts, which a test holds complete. `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { type AnySpec, type Option, wantedOf } from '../lib/options.ts';
import { DOORS } from '../test/support/doors.ts';

const DOCUMENT = fileURLToPath(new URL('../docs/options.md', import.meta.url));
const README = fileURLToPath(new URL('../README.md', import.meta.url));
const MARKED = /<!-- options of ([\w.]+) -->\n[^]*?<!-- end of options -->/g;
/** Options that are those of another function. */
const SAME: Readonly<Record<string, string>> = {
  fetch: 'see fetchImage',
  mapping: 'see placeMapping and imageMapping',
};

const INTRO = `# Options

Every function and method with the options that it takes: made from their declarations by
\`npx tsx scripts/option-tables.ts\`. An unknown name is refused with \`OPTION_UNKNOWN\` and the nearest known one, a bad
value with the code in its row. A default in italics is no fixed value.
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
const readme = readFileSync(README, 'utf8').replace(MARKED, (_all, name: string) => {
  const door = doors.find((one) => one.name === name)!;
  return `<!-- options of ${name} -->\n\n${tableOf(door.spec)}\n\n<!-- end of options -->`;
});
await write(README, readme);
