import { cpus, totalmem } from 'node:os';

/** Description of the machine, as a line of the report. */
export function machineLine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  const system = `${process.platform} ${process.arch}`;
  return `${model}, ${processors.length} cores, ${memory}; ${system}; Node.js ${process.versions.node}`;
}
