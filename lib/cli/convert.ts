import { countWarnings, type WarningCounter, warningText } from '../rebuild/record-warnings.ts';
import { examinePlaceRecord } from '../autocomplete/record/record.ts';
import { RecordError } from '../errors.ts';
import { openSource, type SourceLine } from '../source/source.ts';
import type { CommandSpec } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { note, printJson } from './io.ts';
import { REQUIRED_SOURCE, sourceOf } from './source-options.ts';

/** `suoyin convert`: prints the records that it reads from a source, as JSON lines. */
export const convertCommand: CommandSpec = {
  name: 'convert',
  summary: 'print the records of a source in any format as JSON lines, to look at or to keep',
  options: REQUIRED_SOURCE,
  examples: [
    "suoyin convert --source spots.csv --columns 'name=景點名稱,lat=緯度,lon=經度'",
    'suoyin convert --source TW.txt --source alternateNamesV2.txt > taiwan.jsonl',
  ],
  async run({ options }, io) {
    const source = await openSource(sourceOf(options, io));
    const warnings = countWarnings();
    let bad = 0;
    for await (const each of source.lines()) {
      const { file, line, value, error } = each;
      if (!error) {
        warnOfSpoilt(each, warnings);
        await printJson(io, value);
      } else {
        bad += 1;
        note(io, `suoyin: ${file} line ${line}: ${error.message} [${error.code}]`);
      }
    }
    for (const warning of warnings.counts(source)) {
      note(io, `suoyin: ${warningText(warning)}`);
    }
    return bad > 0 ? EXIT.failed : EXIT.done;
  },
};

/** Warns of values that a spreadsheet changed; the record itself is printed as it is. */
function warnOfSpoilt({ file, line, value }: SourceLine, warnings: WarningCounter): void {
  try {
    examinePlaceRecord(value, (warning) => {
      if (warning.code === 'SPREADSHEET_CHANGED') warnings.add(warning, { file, line });
    });
  } catch (fault) {
    if (!(fault instanceof RecordError)) throw fault;
  }
}
