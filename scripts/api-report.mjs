// Compares the exports of the package's entry points with the reports in etc/, one per entry.
// `--write` accepts the current exports. Prints one `ok` or `not ok` line per report.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const write = process.argv.includes('--write');
const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const reports = join(root, 'etc');
const temporary = mkdtempSync(join(tmpdir(), 'suoyin-api-'));
mkdirSync(reports, { recursive: true });
let failed = 0;

for (const [entry, { types }] of Object.entries(exports)) {
  if (types === undefined) continue;
  const file = `${name}${entry.slice(1).replace('/', '-')}.api.md`;
  const messages = [];
  const config = ExtractorConfig.prepare({
    configObject: configOf(types, file),
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
  });
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: write,
    messageCallback(message) {
      message.handled = true;
      if (message.logLevel === 'error') messages.push(message.text);
    },
  });
  if (messages.length === 0 && (write || !apiReportChanged)) {
    console.log(`ok etc/${file}`);
    continue;
  }
  failed += 1;
  console.log(`not ok etc/${file}`);
  for (const text of messages) console.log(`    ${text}`);
  if (apiReportChanged)
    console.log('    Look at what changes: npm run api -- --write; git diff etc');
}
rmSync(temporary, { recursive: true, force: true });
process.exitCode = failed === 0 ? 0 : 1;

function configOf(types, file) {
  const silent = { default: { logLevel: 'none' } };
  return {
    projectFolder: root,
    mainEntryPointFilePath: join(root, types),
    compiler: {
      // The element is for browsers: another library of types.
      tsconfigFilePath: join(
        root,
        types.startsWith('./dist/element/') ? 'lib/element/tsconfig.json' : 'tsconfig.build.json',
      ),
    },
    apiReport: {
      enabled: true,
      reportFileName: file,
      reportFolder: reports,
      reportTempFolder: temporary,
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    newlineKind: 'lf',
    messages: {
      compilerMessageReporting: { default: { logLevel: 'error' } },
      // The report lists types that are used but not exported; each must be a member of an exported
      // type.
      extractorMessageReporting: {
        ...silent,
        'ae-forgotten-export': { logLevel: 'none', addToApiReportFile: true },
      },
      tsdocMessageReporting: silent,
    },
  };
}
