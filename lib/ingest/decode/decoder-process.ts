// A process that decodes pictures, one at a time, for `decoderProcesses`; it may be killed at any moment.
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { describeImage } from '../../knn/describe/describe.ts';
import { makeThumbnail } from '../../knn/describe/image.ts';
import type { ImageLimits } from '../../knn/describe/image-limits.ts';
import { OptionError, quoteValue } from '../../errors.ts';
import {
  type Answer,
  type Asked,
  faultOf,
  type OpenedModel,
  type Said,
} from './decoder-message.ts';
import { type LoadedSemantic, loadSemantic, type SemanticOptions } from './semantic-model.ts';

/** Milliseconds between two checks of what a picture has used. */
const LOOK_MS = 20;

/** A GIF of one pixel. */
const DOT = Buffer.from('R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==', 'base64');

try {
  // If memory is short, Linux ends this process, and not the one that serves.
  writeFileSync('/proc/self/oom_score_adj', '800');
} catch {
  // Other systems have no such file.
}
// A signal to the whole group is meant for the parent, which may still want an answer.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
// The parent is gone. An ordinary exit would wait for the decoder's threads.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (asked: Asked) => void answer(asked));
// The decoder is loaded before the first picture, so that loading does not count against its limits.
/** The second models that were asked for, by their options, and the bytes that they hold. */
const models = new Map<string, Promise<LoadedSemantic>>();
let held = 0;

const loaded = describeImage(DOT).catch(() => undefined);
await loaded;
say('ready');

async function answer(asked: Asked): Promise<void> {
  await loaded;
  const began = cpuMs();
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() > asked.limits.memoryBytes) say({ exceeded: 'memory' });
    else if (cpuMs() - began > asked.limits.cpuMs) say({ exceeded: 'cpu' });
    else return;
    clearInterval(timer);
  }, LOOK_MS);
  const made = await work(asked).then(
    (answer) => ({ answer }),
    (error: unknown) => ({ fault: faultOf(error) }),
  );
  clearInterval(timer);
  say({ ...made, memory: process.memoryUsage.rss() - held });
}

async function work(asked: Asked): Promise<Answer> {
  if (asked.verb === 'model') return (await modelOf(asked.options)).model;
  if (asked.verb === 'embed') return embed(asked.bytes, asked.model, asked.options);
  return asked.verb === 'describe'
    ? describeImage(asked.bytes, asked.options)
    : makeThumbnail(asked.bytes, asked.options);
}

async function embed(
  bytes: Uint8Array,
  { options, id }: OpenedModel,
  limits: ImageLimits,
): Promise<number[]> {
  const { model, embed } = await modelOf(options);
  if (model.id === id) return embed(bytes, limits);
  const what = `${quoteValue(options.model)} has changed since it was opened`;
  throw new OptionError('ONNX_INVALID', what, 'Put the file back, or open the index again.');
}

async function modelOf(options: SemanticOptions): Promise<LoadedSemantic> {
  const key = JSON.stringify(options);
  const known = models.get(key);
  if (known) return known;
  const before = process.memoryUsage.rss();
  const model = loadSemantic(options);
  models.set(key, model);
  await model.catch(() => models.delete(key));
  held += Math.max(0, process.memoryUsage.rss() - before);
  return model;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function say(said: Said): void {
  process.send!(said);
}
