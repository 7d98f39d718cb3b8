import { expect } from 'chai';

import { runCli } from '../support/cli.ts';
import { tempFolder } from '../support/folders.ts';

/** What must not be printed; a slash in it makes an address that can't be read. */
const SECRETS = ['SECRETPW', 'SECRET/PW', 'SECRET@PW', 'SECRET PW'];

describe('user and password in an address on the command line', () => {
  const commands: Record<string, (secret: string) => string[]> = {
    '--node': (secret) => ['search', '板橋', '--engine', 'opensearch', '--node', `https://user:${secret}@host:9200`],
    '--node of Elasticsearch': (secret) => ['status', '--engine', 'elasticsearch', '--node', `http://${secret}@host`],
    '--redis': (secret) => ['queue-check', '--queue', 'q', '--redis', `redis://user:${secret}@host`],
    '--redis with a query': (secret) => ['queue-check', '--queue', 'q', '--redis', `redis://host?password=${secret}`],
    '--s3-endpoint': (secret) => ['images', 'add', 'a.jpg', '--thumbnails', 's3://b/', '--s3-endpoint', `http://user:${secret}@host`],
    '--s3-endpoint of check': (secret) => ['images', 'check', '--thumbnails', 's3://b/', '--s3-endpoint', `${secret}@host`],
    '--s3-endpoint of purge': (secret) => ['images', 'purge', '--gone', '--thumbnails', 's3://b/', '--s3-endpoint', `${secret}@host`],
    '--thumbnails': (secret) => ['images', 'add', 'a.jpg', '--thumbnails', `s3://user:${secret}@bucket/`],
  }; // prettier-ignore

  for (const [name, command] of Object.entries(commands)) {
    it(`is refused and not printed: ${name}`, async () => {
      for (const secret of SECRETS) {
        const { code, out, err } = await runCli(command(secret), { cwd: tempFolder() });
        expect([1, 2, 3], `${secret}: ${err}`).to.include(code);
        expect(out + err, secret).to.match(/NODE_INVALID|REDIS_INVALID|STORE_INVALID/);
        for (const part of secret.split(/[/@ ]/)) {
          expect((out + err).replace(/environment|SECRET_ACCESS/g, '')).not.to.include(part);
        }
      }
    });
  }
});
