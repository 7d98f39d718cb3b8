import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { readImage } from '../../lib/ingest/work/image-file.ts';
import { tempFolder } from '../support/folders.ts';
import { codeOf } from '../support/failures.ts';

const failureCode = (source: string | URL, options = {}): Promise<string> =>
  codeOf(readImage(source, options));

describe('readImage', () => {
  let dir: string;
  let path: string;
  before(async () => {
    dir = tempFolder();
    path = join(dir, '圖 1.gif');
    await writeFile(path, 'GIF89a');
  });

  it('reads a path and a file: URL', async () => {
    expect(String(await readImage(path))).to.equal('GIF89a');
    expect(String(await readImage(pathToFileURL(path)))).to.equal('GIF89a');
    expect(String(await readImage(pathToFileURL(path).href))).to.equal('GIF89a');
  });

  it('reads up to maxBytes and refuses more', async () => {
    expect(await readImage(path, { maxBytes: 6 })).to.have.lengthOf(6);
    expect(await failureCode(path, { maxBytes: 5 })).to.equal('TOO_LARGE');
    expect(await failureCode(path, { maxBytes: 0 })).to.equal('FETCH_LIMIT_INVALID');
  });

  it('reads an empty file', async () => {
    await writeFile(join(dir, 'empty'), '');
    expect(await readImage(join(dir, 'empty'))).to.have.lengthOf(0);
  });

  it('refuses what is missing, no file, or elsewhere', async () => {
    expect(await failureCode(join(dir, 'none.gif'))).to.equal('NOT_FOUND');
    expect(await failureCode(join(path, 'a.gif'))).to.equal('NOT_FOUND');
    expect(await failureCode(dir)).to.equal('NOT_A_FILE');
    expect(await failureCode('file://host.example/%2e%2e/a%2fb')).to.equal('BAD_URL');
    expect(await failureCode(new URL('https://example.com/a.gif'))).to.equal('BAD_URL');
    expect(await failureCode('a\0b')).to.equal('FILE_UNREADABLE');
  });

  it('says of a name that is no UTF-8 that it can not be opened by it', async () => {
    const error = await readImage(join(dir, 'bad\ufffd.jpg')).catch((e: unknown) => e);
    expect(String(error)).to.include('If it is there, its name is no UTF-8: rename it.');
  });

  it('refuses devices without waiting for them', async function () {
    if (process.platform === 'win32') this.skip();
    expect(await failureCode('/dev/zero')).to.equal('NOT_A_FILE');
  });
});
