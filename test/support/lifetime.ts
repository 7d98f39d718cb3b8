// What tests start and make, and its end: processes, servers, engines, folders.
import type { Context, RootHookObject, Suite } from 'mocha';

/** What is to be given back. */
interface Loan {
  release: () => unknown;
  /** For a run that is ended from outside: what can be done without waiting. */
  atExit: (() => unknown) | undefined;
  until: 'test' | 'suite' | 'run';
}

/** When and how something is given back. */
export interface LoanOptions {
  /** Runs as well where the whole run is ended by a signal. */
  atExit?: () => unknown;
  /** Longer than the test that takes it: the outermost `describe`, or all tests. */
  until?: 'suite' | 'run';
}

interface State {
  /** In the order in which they were taken. */
  loans: Loan[];
  inTest: boolean;
  /** No test runs any more. */
  ended: boolean;
  /** Of releases after a test, until the end of its suite. */
  errors: unknown[];
}

/** Of the process, since mocha may load this module twice, by `require` and by `import`. */
const KEY = Symbol.for('suoyin.test.lifetime');
const global = globalThis as { [KEY]?: State };
const state: State = (global[KEY] ??= atExit({
  loans: [],
  inTest: false,
  ended: false,
  errors: [],
}));

function atExit(made: State): State {
  process.on('exit', () => {
    for (const loan of made.loans.toReversed()) loan.atExit?.();
  });
  return made;
}

/**
 * Has something given back whatever happens: after the test that took it (or its `beforeEach`), or,
 * taken by a `before` hook, after the outermost `describe`. What was taken last goes first. A release
 * that fails fails the `after` hook of the outermost `describe`, once all others have been tried.
 *
 * @param release - May run when the test has given it back already.
 */
export function giveBack(release: () => unknown, options: LoanOptions = {}): void {
  const { atExit, until = state.inTest ? 'test' : 'suite' } = options;
  // A test that was given up by its time limit may still be running.
  if (state.ended) void release();
  else state.loans.push({ release, atExit, until });
}

/** Has something closed when the test or suite ends, if it is not closed by then. */
export function closeAtEnd<T extends { close(): unknown }>(closable: T): T {
  giveBack(() => closable.close());
  return closable;
}

async function releaseAll(...ends: Loan['until'][]): Promise<void> {
  for (const loan of state.loans.filter(({ until }) => ends.includes(until)).reverse()) {
    try {
      await loan.release();
    } catch (error) {
      state.errors.push(error);
    }
    state.loans.splice(state.loans.indexOf(loan), 1);
  }
}

/** Not in a hook of each test: mocha gives up all that follows where a hook of the root fails. */
function throwErrors(): void {
  const errors = state.errors.splice(0);
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join('; '));
}

/** Hooks around everything. */
export const lifetimeHooks: RootHookObject = {
  beforeAll(this: Context) {
    state.ended = false;
    const root: Suite = this.test!.parent!;
    for (const suite of root.suites) {
      suite.afterAll('gives back', async () => {
        await releaseAll('test', 'suite');
        throwErrors();
      });
    }
  },
  async beforeEach() {
    // Of a test whose own hooks failed, so that `afterEach` did not run.
    await releaseAll('test');
    state.inTest = true;
  },
  async afterEach() {
    state.inTest = false;
    await releaseAll('test');
  },
  async afterAll() {
    state.ended = true;
    state.inTest = false;
    await releaseAll('test', 'suite', 'run');
    throwErrors();
  },
};
