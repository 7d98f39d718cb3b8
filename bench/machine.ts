import { cpus, totalmem } from 'node:os';

/** What a benchmark ran on, as a line of its report. */
export function machineLine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  const system = `${process.platform} ${process.arch}`;
  return `${model}, ${processors.length} cores, ${memory}; ${system}; Node.js ${process.versions.node}`;
}
