import type { FormatName, OpenFormat } from './format.ts';
import { openGeojson } from './geojson.ts';
import { openGeonames } from './geonames.ts';
import { openJson, openJsonLines } from './json.ts';
import { openOsm } from './osm.ts';
import { openPhoton } from './photon.ts';
import { openCopied, openTables, openTabTables } from './table.ts';
import { openWof } from './wof.ts';

/** How each format is opened. */
export const OPENERS: Readonly<Record<FormatName, OpenFormat>> = {
  jsonl: openJsonLines,
  json: openJson,
  csv: openTables,
  tsv: openTabTables,
  copy: openCopied,
  geojson: openGeojson,
  geonames: openGeonames,
  photon: openPhoton,
  osm: openOsm,
  wof: openWof,
};
