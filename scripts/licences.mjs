// Writes docs/licences.md: the licence of every package that an installation brings, from package-lock.json,
// and the credits of data from NOTICE. `--check` only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const root = join(fileURLToPath(new URL('..', import.meta.url)));
const document = join(root, 'docs/licences.md');
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));

/** What an empty project installs: no development tools, no peer dependencies. */
const installed = Object.entries(packages).filter(
  ([path, { dev, peer, devOptional }]) => path !== '' && !dev && !peer && !devOptional,
);
const rows = new Map();
for (const [path, { version, license, optional }] of installed) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const versions = rows.get(name)?.versions ?? new Set();
  rows.set(name, {
    versions: versions.add(version),
    license: license ?? 'see the package',
    optional,
  });
}
const table = [...rows]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(
    ([name, { versions, license, optional }]) =>
      `| [${name}](https://www.npmjs.com/package/${name}) | ${[...versions].join(', ')} | ${license} | ${optional ? 'optional' : ''} |`,
  );
const counts = new Map();
for (const { license } of rows.values()) counts.set(license, (counts.get(license) ?? 0) + 1);
const summary = [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${name} ${count}`);

const notice = readFileSync(join(root, 'NOTICE'), 'utf8').split('\n').slice(3).join('\n').trim();
const text = `# Licences

suoyin is under the [Apache License 2.0](https://www.apache.org/licenses/LICENSE-2.0). This page is made by \`node scripts/licences.mjs\` from
package-lock.json and NOTICE.

## Data, and what was learnt from data

${notice}

Places, pictures and notes of the demo: [examples/data](../examples/data/README.md).

## Packages

What \`npm install suoyin\` brings, binaries of every platform included: ${summary.join(', ')}.

| package | version | licence | |
| --- | --- | --- | --- |
${table.join('\n')}

Clients of OpenSearch and Elasticsearch (both Apache-2.0) and other peers are yours to install.
`;
const wanted = await format(text, { ...(await resolveConfig(document)), parser: 'markdown' });
if (!process.argv.includes('--check')) {
  writeFileSync(document, wanted);
} else if (readFileSync(document, 'utf8') !== wanted) {
  console.error(`${document} is not what is installed: run node scripts/licences.mjs`);
  process.exitCode = 1;
}
