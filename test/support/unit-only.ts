// Loaded before every run of the unit tests: what needs a server or a process says so in its file name.
import { ChildProcess } from 'node:child_process';
import { Server } from 'node:net';
import type { RootHookObject } from 'mocha';

function refuseAs(kind: string, what: string): () => never {
  return () => {
    throw new Error(`A unit test ${what}. Name its file *.${kind}.test.ts, see CONTRIBUTING.md.`);
  };
}

/** Only in the processes that run tests, not in the one that starts them. */
export const mochaHooks: RootHookObject = {
  beforeAll() {
    Server.prototype.listen = refuseAs('server', 'listens on a port');
    // Not declared: what spawn, fork, exec and execFile call.
    Object.assign(ChildProcess.prototype, { spawn: refuseAs('process', 'starts a process') });
  },
};
