// Places, as a user of the packed package writes it. Compiled by scripts/package-check.mjs, never run.
import {
  type DeadLetter,
  embedded,
  type EmbeddedOptions,
  type Engine,
  type IndexStatus,
  opensearch,
  type OpenSearchClient,
  PlaceIndex,
  type RebuildPlan,
  type RebuildProgress,
  type RebuildResult,
  type Markable,
  type Suggestion,
  type TextAnswer,
} from 'suoyin';
import type { ImageDocument } from 'suoyin/knn';
import {
  type MatchExplanation,
  type MatchPart,
  type MatchRange,
  type PlaceDocument,
  type PlaceKind,
  RANKING,
  type ReaderLanguage,
  type TextExplanation,
  type TextHighlight,
  type TextPart,
  type TextResult,
} from 'suoyin/autocomplete';
import { exactly } from './exactly.ts';

// Members of what is exported need no name of their own.
type WriteOutcome = Awaited<ReturnType<PlaceIndex['put']>>[number];
type RebuildStage = RebuildProgress['stage'];
type OpenSearchRequest = Parameters<OpenSearchClient['transport']['request']>[0];
type SqliteHandle = NonNullable<EmbeddedOptions['database']>;
type SqliteStatement = ReturnType<SqliteHandle['prepare']>;

const engine = embedded({ dataDir: '.suoyin', readOnly: true });
exactly<Engine>()(engine);
const places = new PlaceIndex(engine, { alias: 'places' });
exactly<string>()(places.alias);

const near = { lat: 25, lon: 121.5 };
const suggestions = await places.suggest('板橋', { language: 'zh-Hant', kinds: ['city'], near });
exactly<Markable<Suggestion[]>>()(suggestions);
for (const { label, matches, explain, distanceKm, kind } of suggestions) {
  exactly<string>()(label);
  exactly<MatchRange[]>()(matches);
  exactly<MatchExplanation | undefined>()(explain);
  exactly<number | undefined>()(distanceKm);
  exactly<PlaceKind>()(kind);
  for (const [start, end] of matches) exactly<number>()(start + end);
  if (explain) exactly<Readonly<Partial<Record<MatchPart, number>>>>()(explain.of);
}

// Any language tag is taken; those that there is more for are completed.
const korean: ReaderLanguage = 'ko-KR';
await places.suggest('서울', { language: korean, signal: AbortSignal.timeout(100) });
// @ts-expect-error No such option.
await places.suggest('板橋', { lang: 'zh-Hant' });
// @ts-expect-error No such kind.
await places.suggest('板橋', { kinds: ['village'] });
// @ts-expect-error A point has two coordinates.
await places.suggest('板橋', { near: { lat: 25 } });
// @ts-expect-error A text, not a picture.
await places.suggest(new Uint8Array(4));

const answer = await places.search('清水寺 京都', { language: 'ja', from: 10 });
exactly<Markable<TextAnswer>>()(answer);
exactly<TextResult[]>()(answer.hits);
const [hit] = answer.hits;
if (hit) {
  exactly<TextHighlight[]>()(hit.highlights);
  for (const { part } of hit.highlights) exactly<TextPart>()(part);
  exactly<TextExplanation | undefined>()(hit.explain);
}
// @ts-expect-error A session is for what is typed.
await places.search('清水寺', { sessionToken: 'a' });

exactly<PlaceDocument | null>()(await places.get('tw'));
const outcomes = await places.put([{ id: 'tw', name: '臺灣', kind: 'country', country: 'TW' }]);
exactly<WriteOutcome[]>()(outcomes);

const onProgress = ({ stage, fraction }: RebuildProgress): void => {
  exactly<RebuildStage>()(stage);
  exactly<number | null>()(fraction);
  switch (stage) {
    case 'scan':
    case 'parents':
    case 'fill':
    case 'verify':
    case 'swap':
      return;
    default:
      exactly<never>()(stage);
  }
};
const result = await places.rebuild('places.jsonl.gz', { onProgress, readings: 'data' });
exactly<RebuildResult>()(result);
for (const count of Object.values(result.parents)) exactly<number>()(count);
exactly<readonly DeadLetter[]>()(result.deadLetters);
// @ts-expect-error Dead letters are read only.
result.deadLetters[0] = undefined;
// @ts-expect-error The index has its alias.
await places.rebuild('places.jsonl.gz', { alias: 'elsewhere' });
// @ts-expect-error There is no such source of readings.
await places.rebuild(['a.jsonl', 'b.jsonl'], { readings: 'guess' });
exactly<RebuildResult>()(await places.rebuild(['a.jsonl', 'b.jsonl']));
// Records from anywhere.
await places.rebuild(function* () {
  yield { id: 'tw', name: '臺灣', kind: 'country' };
});

const status: IndexStatus = await places.status();
for (const { name } of status.generations) exactly<string>()(name);
if (status.rebuilding !== null) exactly<string>()(status.rebuilding.host);
if (status.unfinished !== null) exactly<string>()(status.unfinished.generation);
const plan: RebuildPlan = await places.plan();
exactly<'create' | 'none' | 'update' | 'rebuild'>()(plan.action);
// @ts-expect-error The alias of an index stays.
places.alias = 'elsewhere';
// @ts-expect-error What it works on is its own.
void places.engine;
// @ts-expect-error Frozen.
RANKING.whole = 0;

// What an engine keeps is told by the caller; a place, unless it is.
const place = await engine.get('places-1', 'tw');
exactly<PlaceDocument | null>()(place);
const picture = await engine.get<ImageDocument>('images-1', 'a');
exactly<ImageDocument | null>()(picture);
for await (const document of engine.scan<ImageDocument>('images-1')) {
  exactly<ImageDocument>()(document);
}
// @ts-expect-error Neither a place nor a picture.
await engine.get<{ name: string }>('places-1', 'a');

const client: OpenSearchClient = {
  transport: {
    request: (request: OpenSearchRequest) =>
      Promise.resolve({ statusCode: 200, body: `${request.method} ${request.path}` }),
  },
};
exactly<Engine>()(opensearch({ client, refresh: 'wait_for' }));
// @ts-expect-error There is no engine without a client.
opensearch({});
// @ts-expect-error It is `wait_for`, as OpenSearch says it.
opensearch({ client, refresh: 'waitFor' });

declare const rows: SqliteStatement['all'];
const statement: SqliteStatement = { run: () => ({ changes: 0 }), all: rows };
const database: SqliteHandle = { exec: () => {}, close: () => {}, prepare: () => statement };
embedded({ database });
