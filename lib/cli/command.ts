import type { Option } from '../options.ts';
import type { Io } from './io.ts';

/** An option of a command. */
export interface OptionSpec {
  /** Such as `--near <lat,lon>`. */
  flags: string;
  description: string;
  /** Reads the value; throws an OptionError. */
  parse?: (text: string) => unknown;
  choices?: readonly string[];
  /** Shown in the help, and used if the option is left out. */
  default?: string | number;
  required?: true;
  /** May be given more than once; the value is then an array. */
  repeat?: true;
  /** The option of the library that this flag sets; everything else follows from it. */
  declared?: Option;
}

/** A command: what its help says and what it does. */
export interface CommandSpec {
  name: string;
  summary: string;
  /** Positional arguments such as `[query]`, `<index>`, `[names...]`. */
  args?: readonly { name: string; description: string; choices?: readonly string[] }[];
  options: readonly OptionSpec[];
  /** Lines shown under the help. */
  examples: readonly string[];
  /** @returns The exit code. */
  run(input: CommandInput, io: Io): Promise<number>;
}

/** A command that only holds others. */
export interface CommandGroup {
  name: string;
  summary: string;
  commands: readonly CommandSpec[];
  /** Name of the command that runs if none is named. */
  default: string;
}

/** Arguments as typed, and options by their camel-case name. */
export interface CommandInput {
  args: readonly (string | readonly string[] | undefined)[];
  options: Readonly<Record<string, unknown>>;
}
