import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placesOf, takeCorpus } from '../../bench/corpus.ts';
import { tempFolder } from '../support/folders.ts';

describe('takeCorpus', () => {
  let folder = '';
  beforeEach(() => {
    folder = tempFolder();
  });

  const lines = [
    '{"id":"a","name":"板橋區","names":{"en":"Banqiao"},"kind":"district","population":5}',
    'no JSON',
    '{"id":"a","name":"twice"}',
    '{"id":"b","name":"新宿","aliases":["新宿","Shinjuku"]}',
    '{"id":"c","name":"香港"}',
  ];

  it('takes the first usable records, and gives contenders the names they list', async () => {
    const file = join(folder, 'in.jsonl');
    writeFileSync(file, lines.join('\n'));
    const corpus = await takeCorpus([file], 2, folder);
    const places = [];
    for await (const place of placesOf(corpus.placesFile)) places.push(place);
    expect(places).to.deep.equal([
      { id: 'a', names: ['板橋區', 'Banqiao'], population: 5 },
      { id: 'b', names: ['新宿', 'Shinjuku'], population: 0 },
    ]);
    expect(readFileSync(corpus.recordsFile, 'utf8')).to.equal(`${lines[0]}\n${lines[3]}\n`);
    expect([corpus.refused, corpus.names]).to.deep.equal([2, 4]);
  });

  it('has another checksum for other records only', async () => {
    const checksumOf = async (text: string): Promise<string> => {
      const file = join(folder, 'in.jsonl');
      writeFileSync(file, text);
      return (await takeCorpus([file], 1, folder)).checksum;
    };
    const first = await checksumOf(lines[0]!);
    expect(await checksumOf(lines.join('\n'))).to.equal(first);
    expect(await checksumOf(lines[4]!)).to.not.equal(first);
  });
});
