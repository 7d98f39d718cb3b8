import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import ts from 'typescript';

/** Files of lib by their path inside it: `analyzers/fold.ts`. */
export type Sources = ReadonlyMap<string, string>;

/** Files of lib itself that every folder may import. */
const SHARED = new Set([
  'errors.ts',
  'extremes.ts',
  'growing.ts',
  'interruption.ts',
  'node-require.ts',
  'back-off.ts',
  'options.ts',
  'partial.ts',
  'nearest-name.ts',
  'trace.ts',
  'option-text.ts',
  'clock.ts',
  'shown-text.ts',
  'text-numbers.ts',
  'turns.ts',
]);
/** What each folder may import of the others. '' is lib itself, less what is shared. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  '': [
    ...['analyzers', 'autocomplete', 'knn', 'notes', 'engines'],
    ...['alias', 'source', 'rebuild', 'ingest', 'health'],
  ],
  analyzers: [],
  autocomplete: ['analyzers'],
  knn: [],
  notes: ['analyzers', 'autocomplete'],
  engines: ['analyzers', 'autocomplete', 'knn', 'notes'],
  alias: ['engines'],
  source: ['analyzers', 'autocomplete', 'notes', 'engines'],
  rebuild: ['analyzers', 'autocomplete', 'knn', 'notes', 'engines', 'alias', 'source'],
  ingest: ['analyzers', 'autocomplete', 'knn', 'engines', 'alias', 'source', 'rebuild'],
  health: ['engines'],
  cli: [
    ...['', 'analyzers', 'autocomplete', 'knn', 'notes', 'engines'],
    ...['alias', 'source', 'rebuild', 'ingest', 'health', 'server'],
  ],
  server: [
    ...['', 'analyzers', 'autocomplete', 'knn', 'notes', 'engines'],
    ...['alias', 'source', 'rebuild', 'ingest', 'health'],
  ],
};
/** Rooms of a folder that keep apart: from, to, and why. */
const BARRED: readonly (readonly [from: string, to: string, why: string])[] = [
  ['engines/cluster/', 'engines/opensearch/', 'a cluster is given a dialect'],
  ['engines/cluster/', 'engines/elasticsearch/', 'a cluster is given a dialect'],
  ['engines/cluster/', 'engines/embedded/', 'an engine knows no other'],
  ['engines/embedded/', 'engines/cluster/', 'an engine knows no other'],
];
const PURE = new Set(['', 'analyzers', 'autocomplete', 'knn', 'notes']);
/** Built-in modules that do no I/O: a pure folder may import them (a dictionary is found by the first three). */
const HARMLESS = new Set([
  ...['module', 'path', 'url', 'buffer', 'crypto', 'string_decoder', 'util'],
  'async_hooks',
]);
/** Folders that may print, read the environment, the clock and chance. */
const FREE = new Set(['cli', 'server']);
const MAX_LINES = 400;

/** Needs that the rules can't know of, each with its reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'alias/holder.ts': 'a holder is a process',
  'alias/lease.ts': 'a lease ends at a time',
  'alias/live-writes.ts': 'the newer of two writes is told by the time',
  'clock.ts': 'what time it is',
  'node-require.ts': 'where code runs is told by the process',
  'engines/cluster/generations.ts': 'a generation tells when it was made',
  'engines/opensearch/connect.ts': 'credentials end at a time',
  'ingest/decode/decoder-process.ts': 'it is a process',
  'ingest/decode/start-decoder.ts': 'a process has an environment',
  'health/metric-families.ts': 'metrics of the process',
  'health/queue-watch.ts': "a job's age is told by the time of day",
};

/** Every breach of the module rules of ARCHITECTURE.md, as a sentence. */
export function breaches(sources: Sources): string[] {
  const found: string[] = [];
  const users = new Map<string, Set<string>>();
  const imports = new Map<string, string[]>();
  for (const [path, text] of sources) {
    const folder = folderOf(path);
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    imports.set(path, runtimeImportsOf(file, path));
    if (text.split('\n').length - 1 > MAX_LINES)
      found.push(`${path} is longer than ${MAX_LINES} lines`);
    for (const name of importsOf(file)) {
      if (name.startsWith('.')) {
        found.push(...checkRelative(path, folder, name, sources));
      } else if (isBuiltin(name)) {
        if (!name.startsWith('node:')) found.push(`${path} imports ${name} without node:`);
        const bare = name.replace(/^node:/, '').replace(/\/.*/, '');
        if (PURE.has(folder) && !HARMLESS.has(bare))
          found.push(`${path} is pure but imports ${name}`);
      } else {
        const bare = name.split('/', name.startsWith('@') ? 2 : 1).join('/');
        users.set(bare, (users.get(bare) ?? new Set()).add(path));
      }
    }
    if (FREE.has(folder) || EXCEPTIONS[path] !== undefined) continue;
    for (const use of worldlyUses(file, PURE.has(folder))) found.push(`${path} uses ${use}`);
  }
  found.push(...circles(imports));
  for (const [name, paths] of users) {
    if (paths.size > 1) found.push(`${name} is imported by ${[...paths].sort().join(' and ')}`);
  }
  return found;
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}

function checkRelative(path: string, folder: string, name: string, sources: Sources): string[] {
  const target = posix.join(posix.dirname(path), name);
  if (target.endsWith('.json')) return [];
  if (!sources.has(target)) return [`${path} imports ${name}, which is not in lib`];
  const barred = BARRED.find(([from, into]) => path.startsWith(from) && target.startsWith(into));
  if (barred) return [`${path} imports ${target}: ${barred[2]}`];
  const to = folderOf(target);
  if (to === folder || SHARED.has(target)) return [];
  const allowed = FOLDERS[folder];
  if (allowed === undefined) return [`${path} is in a folder without rules`];
  return allowed.includes(to) ? [] : [`${path} imports ${target}`];
}

/** Module names in imports, exports, import(), import types and require(). */
function importsOf(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const add = (node: ts.Node | undefined): void => {
    if (node !== undefined && ts.isStringLiteralLike(node)) names.add(node.text);
  };
  visit(file, (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal);
    } else if (ts.isCallExpression(node)) {
      const { expression } = node;
      const dynamic = expression.kind === ts.SyntaxKind.ImportKeyword;
      if (dynamic || (ts.isIdentifier(expression) && /^(require|load)$/.test(expression.text))) {
        add(node.arguments[0]);
      }
    }
  });
  return names;
}

/** Files that import each other in a circle, as a sentence each. Imports of types alone don't count. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const follow = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push(`${[...trail.slice(at), path].join(' imports ')}: a circle`);
    if (at >= 0 || done.has(path)) return;
    for (const target of imports.get(path) ?? []) follow(target, [...trail, path]);
    done.add(path);
  };
  for (const path of imports.keys()) follow(path, []);
  return found;
}

/** Paths of the files whose code is loaded with a file's own. */
function runtimeImportsOf(file: ts.SourceFile, path: string): string[] {
  return file.statements.flatMap((node) => {
    if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)) return [];
    const { moduleSpecifier: name } = node;
    if (!name || !ts.isStringLiteral(name) || !name.text.startsWith('.')) return [];
    return isOfTypes(node) ? [] : [posix.join(posix.dirname(path), name.text)];
  });
}

function isOfTypes(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

/** `process`, `console`, clock and chance, as written. */
function worldlyUses(file: ts.SourceFile, pure: boolean): Set<string> {
  const uses = new Set<string>();
  if (importsOf(file).has('node:process')) uses.add('node:process');
  visit(file, (node) => {
    if (ts.isNewExpression(node) && node.getText().replace(/\s/g, '') === 'newDate()') {
      uses.add('new Date()');
    }
    if (!ts.isPropertyAccessExpression(node)) return;
    const text = node.getText().replace(/\s|^globalThis\./g, '');
    if (/^(process|console)\.\w+$/.test(text)) uses.add(text);
    if (/^(Date\.now|Math\.random|crypto\.random\w+)$/.test(text)) uses.add(text);
    // How long something took decides nothing; a pure folder has no use for it all the same.
    if (pure && text === 'performance.now') uses.add(text);
  });
  return uses;
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => {
    visit(child, see);
  });
}
