// Proves with recheck's automaton that every regular expression in lib takes linear time; part of
// `npm run lint`. An expression that only the fuzzer has passed is not proved. Proofs are cached in
// node_modules, by expression and version of recheck.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

// This backend needs neither Java nor a binary.
process.env.RECHECK_BACKEND = 'pure';
const { checkSync } = await import('recheck');

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const memory = join(root, 'node_modules/.cache/suoyin/expressions.json');
const folders = process.argv.slice(2);
const { proved, faults, count } = check(folders.length > 0 ? folders : [join(root, 'lib')]);

for (const fault of faults) console.error(fault);
if (folders.length === 0) {
  mkdirSync(dirname(memory), { recursive: true });
  writeFileSync(memory, JSON.stringify([...proved]));
}
if (faults.length > 0) {
  console.error(`${faults.length} of ${count} expressions are not proved to be linear.`);
  process.exitCode = 1;
}

function check(paths) {
  const known = remembered();
  const proved = new Set();
  const faults = [];
  const files = paths.flatMap(sourcesOf).map(parse);
  const literals = new Set(files.flatMap(namedLiteralsIn));
  const expressions = files.flatMap((file) => expressionsIn(file, literals));
  for (const { source, flags, at } of expressions) {
    if (source === null) {
      faults.push(
        `${at}: an expression that is built at run time can't be checked; write a literal.`,
      );
      continue;
    }
    const name = `${version()} ${flags} ${source}`;
    if (!known.has(name) && !proved.has(name)) {
      const { status, checker, complexity } = checkSync(source, flags, {
        checker: 'automaton',
        timeout: 60_000,
      });
      if (status !== 'safe' || checker !== 'automaton') {
        const why = status === 'safe' ? 'only tried, not proved' : (complexity?.summary ?? status);
        faults.push(`${at}: /${source}/${flags}: ${why}; make it unambiguous, or a loop.`);
        continue;
      }
    }
    proved.add(name);
  }
  return { proved, faults, count: expressions.length };
}

function remembered() {
  try {
    return new Set(JSON.parse(readFileSync(memory, 'utf8')));
  } catch {
    return new Set();
  }
}

function version() {
  return JSON.parse(readFileSync(join(root, 'node_modules/recheck/package.json'), 'utf8')).version;
}

function sourcesOf(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => /\.(?:[cm]?[jt]s)$/.test(name))
    .map((name) => join(folder, name));
}

function parse(path) {
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
}

/** Names of constants at the top of a file that are literal expressions. */
function namedLiteralsIn(file) {
  return file.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations)
    .filter(({ initializer }) => initializer && ts.isRegularExpressionLiteral(initializer))
    .map(({ name }) => name.getText());
}

/**
 * Literals, `RegExp(...)`, and the values of properties called `pattern`, which schemas compile.
 *
 * @param {Set<string>} literals - names of constants that are literals, which are checked at their
 *   definition
 */
function expressionsIn(file, literals) {
  const found = [];
  const add = (node, source, flags) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    found.push({ source, flags, at: `${relative(root, file.fileName)}:${line + 1}` });
  };
  const visit = (node) => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      add(node, node.text.slice(1, end), node.text.slice(end + 1));
    } else if (isConstructor(node)) {
      const [source, flags] = node.arguments ?? [];
      const text = source && ts.isStringLiteralLike(source) ? source.text : null;
      const isPattern = source && ts.isIdentifier(source) && source.text === 'pattern';
      if (!isPattern) add(node, text, flags && ts.isStringLiteralLike(flags) ? flags.text : '');
    } else if (ts.isPropertyAssignment(node) && node.name.getText() === 'pattern') {
      const { initializer } = node;
      if (ts.isIdentifier(initializer)) {
        const name = initializer.getText();
        if (!literals.has(name)) add(node, null, '');
      } else if (!ts.isRegularExpressionLiteral(initializer)) {
        add(node, ts.isStringLiteralLike(initializer) ? initializer.text : null, 'u');
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isConstructor(node) {
  return (
    (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === 'RegExp'
  );
}
