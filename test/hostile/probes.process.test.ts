import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { openSqlite } from '../../lib/engines/embedded/sqlite.ts';
import type { HealthReport } from '../../lib/health/health.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { rawRequest } from '../server/rig.ts';
import { type Child, startCli } from '../support/processes.ts';
import { until } from '../support/polling.ts';
import { type Attacked, openSocket, startAttacked } from './attacked.ts';

describe('the port for probes', function () {
  this.timeout(180_000);
  let attacked: Attacked;
  before(async () => {
    attacked = await startAttacked();
  });
  after(() => attacked.stop());

  const get = (path: string, host: string): Promise<string> => {
    const head = `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
    return rawRequest(attacked.healthPort, head);
  };

  it('answers while 400 silent connections are held open, and cuts these', async () => {
    const closed: Promise<unknown>[] = [];
    for (let at = 0; at < 400; at++) {
      closed.push(once((await openSocket(attacked.healthPort)).resume(), 'close'));
    }
    for (const path of ['/livez', '/readyz', '/metrics']) {
      expect(await get(path, 'localhost'), path).to.match(/^HTTP\/1.1 200 /);
    }
    await Promise.all(closed);
  });

  it('answers while connections come and say nothing, one after another', async () => {
    let flood = true;
    const flooding = (async () => {
      const open: Socket[] = [];
      while (flood) open.push(await openSocket(attacked.healthPort));
      for (const socket of open) socket.destroy();
    })();
    for (let at = 0; at < 20; at++) {
      expect(await get('/livez', 'localhost')).to.match(/^HTTP\/1.1 200 /);
    }
    flood = false;
    await flooding;
  });

  for (const path of ['/livez', '/readyz?verbose', '/metrics', '/metrics?job=a']) {
    it(`answers ${path} by its own names only, and one Host header`, async () => {
      expect(await get(path, 'rebound.example')).to.match(/^HTTP\/1.1 421 /);
      expect(await get(path, 'localhost\r\nHost: localhost')).to.match(/^HTTP\/1.1 400 /);
      expect(await get(path, '127.0.0.1:8081')).to.match(/^HTTP\/1.1 200 /);
    });
  }
});

describe('readiness of suoyin serve', function () {
  this.timeout(180_000);
  const folders: string[] = [];
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  const serving = (args: string[], dataDir: string): Child => {
    const ports = ['--port', '0', '--health-port', '0'];
    return startCli(['serve', '--data', dataDir, '--no-dictionaries', ...ports, ...args]);
  };
  const probeOf = async (child: Child): Promise<string> => {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    return `${/health at (\S+)$/.exec(line)![1]}/readyz?verbose`;
  };

  /**
   * Serves a folder, until `meanwhile` ends.
   *
   * @returns What `/readyz` says when it has begun.
   */
  const probed = async (
    args: string[],
    dataDir: string,
    meanwhile: (url: string) => Promise<void> = () => Promise.resolve(),
  ): Promise<[number, HealthReport['checks']]> => {
    const child = serving(args, dataDir);
    child.stderr.resume();
    const url = await probeOf(child);
    const response = await fetch(url);
    const { checks } = (await response.json()) as HealthReport;
    await meanwhile(url);
    child.kill('SIGTERM');
    await once(child, 'exit');
    return [response.status, checks];
  };
  const makeFolder = async (): Promise<string> => {
    const dataDir = mkdtempSync(join(tmpdir(), 'suoyin-ready-'));
    folders.push(dataDir);
    const index = new PlaceIndex(embedded({ dataDir }));
    await index.rebuild([{ id: 'a', name: '板橋區', kind: 'district', country: 'TW' }]);
    await index.close();
    return dataDir;
  };

  it('is 200 where places are there and no pictures, which nobody asked for', async () => {
    const [status, checks] = await probed([], await makeFolder());
    expect([status, checks['places']!.status, checks['images']!.status]).to.deep.equal([
      ...[200, 'pass', 'pass'],
    ]);
  });

  it('is 503 where an index that was named does not exist', async () => {
    const dataDir = await makeFolder();
    const [status, checks] = await probed(['--images', 'photos'], dataDir);
    expect([status, checks['images']!.code]).to.deep.equal([503, 'INDEX_NOT_FOUND']);
    const [other, places] = await probed(['--places', 'spots'], dataDir);
    expect([other, places['places']!.code]).to.deep.equal([503, 'INDEX_NOT_FOUND']);
  });

  it('is 503 where there is no index at all', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'suoyin-ready-'));
    folders.push(dataDir);
    const [status, checks] = await probed([], dataDir);
    expect([status, checks['places']!.code]).to.deep.equal([503, 'INDEX_NOT_FOUND']);
  });

  it('is 503 where what is kept of the indexes is damaged, and standard error says what pictures are taken for', async () => {
    const dataDir = await makeFolder();
    const database = await openSqlite(join(dataDir, 'suoyin.db'), false);
    database.exec('drop table alias');
    database.close();
    const child = serving(['--images', 'photos'], dataDir);
    const told = once(createInterface(child.stderr), 'line');
    const response = await fetch(await probeOf(child));
    const { checks } = (await response.json()) as HealthReport;
    expect([response.status, checks['images']!.code]).to.deep.equal([503, 'ENGINE_FAILED']);
    const [line] = (await told) as [string];
    expect(line).to.match(/^suoyin: .* no such table/);
    expect(line).to.include('Until it is started again, photos is taken for an index of suoyin');
  });

  it('is 200 and tells it where the file of the places is damaged', async () => {
    const dataDir = await makeFolder();
    const folder = join(dataDir, 'generations');
    for (const file of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, file));
      bytes[bytes.length - 1]! ^= 1;
      writeFileSync(join(folder, file), bytes);
    }
    let report = {} as HealthReport;
    await probed([], dataDir, async (url) => {
      // A thread reads the file after its first question.
      await until(async () => {
        const response = await fetch(url);
        expect(response.status).to.equal(200);
        report = (await response.json()) as HealthReport;
        return report.checks['files']!.status !== 'pass';
      });
    });
    const { files: damaged, places } = report.checks;
    expect([damaged!.status, damaged!.code, places!.status]).to.deep.equal([
      ...['warn', 'FILE_DAMAGED', 'pass'],
    ]);
    const [whole, { files }] = await probed([], await makeFolder());
    expect([whole, files!.status]).to.deep.equal([200, 'pass']);
  });

  it('turns to 503 when the live generation can not be read any more', async () => {
    const dataDir = await makeFolder();
    const [before] = await probed([], dataDir, async (url) => {
      const database = await openSqlite(join(dataDir, 'suoyin.db'), false);
      database.exec('drop table g1_doc');
      database.close();
      await until(async () => (await fetch(url)).status === 503);
    });
    expect(before).to.equal(200);
  });
});
