import { createRequire } from 'node:module';
import { Argument, Command, CommanderError, Option } from 'commander';
import { SearchError } from '../errors.ts';
import { nearestName } from '../nearest-name.ts';
import type { CommandGroup, CommandSpec, OptionSpec } from './command.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { type Io, note } from './io.ts';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/**
 * Runs the command that the arguments name.
 *
 * @param argv - Without the program itself.
 * @returns The exit code.
 */
export async function runProgram(
  commands: readonly (CommandSpec | CommandGroup)[],
  argv: readonly string[],
  io: Io,
): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = new Command('suoyin')
    .description(
      'Search for Han-script users: places while they are typed, the language of names, copies of pictures.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => {
        note(io, text.replace(/\n$/, '').split('\n'));
      },
      outputError: (text, write) => {
        write(faultText(text));
      },
    })
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help');
  const add = (parent: Command, spec: CommandSpec, isDefault = false): void => {
    addCommand(parent, spec, isDefault, async (args, options) => {
      exitCode = await spec.run({ args, options }, io);
    });
  };
  for (const spec of commands) {
    if (!('commands' in spec)) {
      add(program, spec);
      continue;
    }
    const group = program
      .command(spec.name)
      .description(spec.summary)
      .version(version, '-V, --version', 'print the version');
    for (const inner of spec.commands) add(group, inner, inner.name === spec.default);
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, io);
  }
}

function addCommand(
  program: Command,
  spec: CommandSpec,
  isDefault: boolean,
  run: (args: (string | string[])[], options: Record<string, unknown>) => Promise<void>,
): void {
  const command = program
    .command(spec.name, { isDefault })
    .description(spec.summary)
    .version(version, '-V, --version', 'print the version')
    .addHelpText('after', `\nExamples:\n${spec.examples.map((line) => `  ${line}`).join('\n')}`);
  const flags = spec.options.flatMap((option) => /--[\w-]+/.exec(option.flags) ?? []);
  command.configureOutput({
    outputError: (text, write) => {
      write(faultText(text, flags));
    },
  });
  for (const { name, description, choices } of spec.args ?? []) {
    const argument = new Argument(name, description);
    command.addArgument(choices ? argument.choices(choices) : argument);
  }
  for (const option of spec.options) command.addOption(toOption(option));
  command.action((...given: unknown[]) => {
    const args = given.slice(0, spec.args?.length ?? 0) as (string | string[])[];
    return run(args, command.opts());
  });
}

/** The message for wrong arguments, with the flag or the choice that was probably meant. */
function faultText(text: string, flags: readonly string[] = []): string {
  const shown = text.replace(/^error: /, 'suoyin: ');
  if (shown.includes('Did you mean')) return shown;
  const flag = /unknown option '(--[^'=]+)/.exec(shown)?.[1];
  const [refused = '', choices] = shown.trimEnd().split("' is invalid. Allowed choices are ");
  const choice = refused.slice(refused.lastIndexOf("'") + 1);
  const meant =
    flag === undefined
      ? choices !== undefined && nearestName(choice, choices.slice(0, -1).split(', '))
      : nearestName(flag, flags);
  return meant ? `${shown.trimEnd()}\n(Did you mean ${meant}?)\n` : shown;
}

function toOption(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.description);
  const parse = spec.parse ?? ((text: string): unknown => text);
  if (spec.repeat) {
    option.argParser((text, before: unknown[] | undefined) => [...(before ?? []), parse(text)]);
  } else if (spec.parse) {
    option.argParser((text) => parse(text));
  }
  if (spec.choices) option.choices(spec.choices);
  if (spec.default !== undefined) option.default(spec.default);
  return spec.required ? option.makeOptionMandatory() : option;
}

function report(error: unknown, io: Io): number {
  if (error instanceof CommanderError) {
    // Help and version that were asked for are no failure; anything else was printed, and is misuse.
    const asked = ['commander.helpDisplayed', 'commander.version'].includes(error.code);
    return asked || (error.code === 'commander.help' && error.exitCode === 0)
      ? EXIT.done
      : EXIT.usage;
  }
  const stack = io.debug && error instanceof Error ? (error.stack ?? '').split('\n') : [];
  const what =
    error instanceof SearchError
      ? `${error.message} [${error.code}]`
      : `unexpected failure: ${String(error)}; SUOYIN_DEBUG=1 shows where`;
  note(io, [`suoyin: ${what}`, ...stack]);
  return exitCodeOf(error);
}
