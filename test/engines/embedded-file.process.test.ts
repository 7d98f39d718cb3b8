import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { checkFile } from '../../lib/engines/embedded/check-file.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { buildGeneration } from '../support/documents.ts';
import { codeOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { until } from '../support/polling.ts';
import { endOf, startScript } from '../support/processes.ts';

const WRITER = fileURLToPath(new URL('../support/generation-writer.ts', import.meta.url));
const QUERY = [{ field: 'name', value: 'a', match: 'prefix', limit: 1000 }] as const;

describe('embedded engine on its file', () => {
  it('shows readers whole generations only, while another process builds and swaps', async () => {
    const dataDir = tempFolder();
    const reader = closeAtEnd(embedded({ dataDir }));
    await reader.swapAlias('places', null, await buildGeneration(reader, 100));
    const ended = endOf(startScript(WRITER, [dataDir, '5', '100']));
    let running = true;
    void ended.then(() => (running = false));
    const seen = new Set<string>();
    while (running) {
      const hits = await reader.findByKeys('places', QUERY);
      const generations = new Set(hits.map(({ id }) => id.split(':')[0]!));
      expect(hits).to.have.length(100);
      expect(generations.size).to.equal(1);
      for (const generation of generations) seen.add(generation);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await ended).to.include({ code: 0, err: '' });
    expect((await reader.findByKeys('places', QUERY))[0]!.id).to.match(/^places-000006:/);
    expect(seen.size).to.be.greaterThan(1);
  });

  it('finds nothing damaged in what another process writes meanwhile', async () => {
    const dataDir = tempFolder();
    const ended = endOf(startScript(WRITER, [dataDir, '8', '150']));
    let running = true;
    void ended.then(() => (running = false));
    const wal = join(dataDir, 'suoyin.db-wal');
    // There is nothing to check before its first transaction has made the tables.
    await until(async () => {
      if (!running) return true;
      return existsSync(wal) && (await codeOf(checkFile(dataDir))) !== 'INDEX_NOT_FOUND';
    });
    let checks = 0;
    for (; running; checks++) {
      expect(await checkFile(dataDir)).to.deep.equal([]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await ended).to.include({ code: 0, err: '' });
    expect(checks).to.be.greaterThan(0);
  });
});
