import type { FormatName, OpenFormat } from './format.ts';

/** How each format is opened; a format is loaded where it is read. */
export const OPENERS: Readonly<Record<FormatName, () => Promise<OpenFormat>>> = {
  jsonl: async () => (await import('./json.ts')).openJsonLines,
  json: async () => (await import('./json.ts')).openJsonArrays,
  csv: async () => (await import('./table.ts')).openTables,
  tsv: async () => (await import('./table.ts')).openTabTables,
  geojson: async () => (await import('./geojson.ts')).openGeojson,
  geonames: async () => (await import('./geonames.ts')).openGeonames,
  photon: async () => (await import('./photon.ts')).openPhoton,
  osm: async () => (await import('./osm.ts')).openOsm,
  wof: async () => (await import('./wof.ts')).openWof,
};
