// A process that builds generations of `places` and swaps each in: DIR, how many, documents in each.
import { embedded } from '../../lib/engines/embedded/index.ts';
import { documentWith } from './documents.ts';

const [dataDir = '', rounds = '', count = ''] = process.argv.slice(2);
const engine = embedded({ dataDir });
for (let round = 0; round < Number(rounds); round++) {
  const before = (await engine.aliases()).find((a) => a.alias === 'places')?.generation ?? null;
  const { name } = await engine.createGeneration('places', {});
  for (let i = 0; i < Number(count); i++) {
    const document = documentWith(`${name}:${i}`, i, { name: [`a${i}`] });
    await engine.write(name, [{ index: document }]);
  }
  await engine.finishGeneration(name);
  await engine.swapAlias('places', before, name);
  if (before !== null) await engine.dropGeneration(before);
}
await engine.close();
