import { appendFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { writeFault } from '../errors.ts';
import { readJsonLines } from '../source/json-lines.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS } from './engine-options.ts';
import { TAKE_OPTIONS, type Taken, takeIn } from './images-add.ts';
import { note } from './io.ts';

/** `suoyin images dlq`: retries failed pictures, as they were given. */
export const imagesDlqCommand: CommandSpec = {
  name: 'dlq',
  summary:
    'take failed pictures in again, with their ids and fields; what fails again stays a dead letter',
  args: [{ name: '<action>', description: 'what to do', choices: ['retry'] }],
  options: [...ENGINE_OPTIONS, ...TAKE_OPTIONS],
  examples: ['suoyin images dlq retry', 'suoyin images dlq retry --tries 8 --timeout 5m'],
  run: ({ options }, io) =>
    takeIn(options, io, (path) => failedPictures(path, (text) => note(io, text))),
};

/**
 * The pictures of a file of dead letters, each once. The file is moved aside during the retry, so that pictures that
 * fail again begin a new one. If a retry is interrupted, the next one resumes the file that was moved aside.
 */
function failedPictures(path: string, tell: (text: string) => void): Taken {
  const aside = `${path}.retrying`;
  if (!existsSync(aside) && existsSync(path)) renameSync(path, aside);
  const kept: string[] = [];
  return {
    sources: existsSync(aside) ? lettersOf(aside, kept) : noLetters(),
    names: [],
    done() {
      if (kept.length > 0) {
        try {
          appendFileSync(path, kept.map((line) => `${line}\n`).join(''), { mode: 0o600 });
        } catch (error) {
          throw writeFault(error, path);
        }
        tell(
          `suoyin: ${kept.length} dead letters can't be tried again, since what they name is not whole (a URL without its query): add these pictures again`,
        );
      }
      rmSync(aside, { force: true });
      return Promise.resolve();
    },
  };
}

/** The latest dead letter of each picture; letters that can't be retried go to `kept`. */
async function* lettersOf(path: string, kept: string[]): AsyncGenerator {
  const letters = new Map<string, unknown>();
  for await (const { value, error } of readJsonLines(path)) {
    const { source, id } = (value ?? {}) as { source?: unknown; id?: unknown };
    const whole = [source, id].every((text) => typeof text === 'string' && !text.endsWith('?...'));
    if (error || !whole) kept.push(JSON.stringify(value ?? { message: error?.message }));
    else letters.set(String(id), value);
  }
  yield* letters.values();
}

async function* noLetters(): AsyncGenerator {
  // Nothing failed.
}
