import { OptionError, quoteValue } from '../errors.ts';
import type { TextOption } from '../options.ts';

/**
 * Aliases become part of generation names, so they must be short and in lower case, as OpenSearch
 * requires.
 */
const ALIAS = /^[a-z][a-z0-9_-]{0,99}$/;

/** Names of states and generations: those of another alias, if these were aliases. */
const TAKEN = /-(?:state|\d{6,})$/;

/** The option `alias` of an index. */
export const ALIAS_OPTION: Omit<TextOption, 'default'> = {
  type: 'text',
  pattern: ALIAS,
  code: 'ALIAS_INVALID',
  flag: '--alias <name>',
  wanted: 'up to 100 of a-z, 0-9, - and _, a letter first',
  help: 'name that queries use',
};

/** @throws {OptionError} `ALIAS_INVALID`. */
export function checkAlias(alias: string): void {
  if (!ALIAS.test(alias)) {
    const hint = 'Use up to 100 of a-z, 0-9, - and _, a letter first.';
    throw new OptionError('ALIAS_INVALID', `${quoteValue(alias)} can not be an alias`, hint);
  }
  if (TAKEN.test(alias)) {
    const what = `${quoteValue(alias)} is how the state or a generation of another alias is called`;
    throw new OptionError('ALIAS_INVALID', what, 'Use another ending than -state and six digits.');
  }
}
