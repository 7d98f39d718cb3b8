import { join } from 'node:path';
import { expect } from 'chai';
import { readImage } from '../../lib/ingest/work/image-file.ts';
import { codeOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';
import { endOf, start } from '../support/processes.ts';

describe('readImage', () => {
  it('refuses pipes without waiting for them', async function () {
    if (process.platform === 'win32') this.skip();
    const pipe = join(tempFolder(), 'pipe');
    expect(await endOf(start('mkfifo', [pipe]))).to.include({ code: 0 });
    expect(await codeOf(readImage(pipe))).to.equal('NOT_A_FILE');
  });
});
