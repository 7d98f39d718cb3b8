import { dirname, resolve } from 'node:path';
import ts from 'typescript';

/** Names that the entry files export without a doc comment, as `file: name`. */
export function undocumentedExports(entries: readonly string[], host?: ts.CompilerHost): string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    noLib: true,
    types: [],
  };
  const ours = host ?? ts.createCompilerHost(options);
  // Only what is exported counts, so that the types of packages need not be read.
  ours.resolveModuleNameLiterals = (names, from) =>
    names.map(({ text }) => ({
      resolvedModule: text.startsWith('.')
        ? { resolvedFileName: resolve(dirname(from), text), extension: ts.Extension.Ts }
        : undefined,
    }));
  const program = ts.createProgram({ rootNames: entries, options, host: ours });
  const checker = program.getTypeChecker();
  return entries.flatMap((entry) => {
    const file = program.getSourceFile(entry);
    const module = file && checker.getSymbolAtLocation(file);
    if (module === undefined) return [`${entry}: not a module`];
    return checker
      .getExportsOfModule(module)
      .filter((symbol) => docOf(symbol, checker) === '')
      .map((symbol) => `${entry}: ${symbol.name}`);
  });
}

function docOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const alias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
  const target = alias ? checker.getAliasedSymbol(symbol) : symbol;
  return ts.displayPartsToString(target.getDocumentationComment(checker)).trim();
}

/**
 * Error codes in a source: capitals joined by underscores anywhere, single words where an error is
 * made. Codes of Node.js and SQLite are left out: we read those, we don't throw them.
 */
export function errorCodes(text: string): string[] {
  const codes = new Set<string>();
  const file = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && isCode(node)) codes.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...codes];
}

function isCode(node: ts.StringLiteralLike): boolean {
  if (!/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(node.text)) return false;
  if (/^(ERR|SQLITE|UV)_/.test(node.text)) return false;
  const { parent } = node;
  // Compared with, or a key: somebody else's value.
  if (ts.isBinaryExpression(parent) || ts.isElementAccessExpression(parent)) return false;
  if (ts.isLiteralTypeNode(parent)) return false;
  const made = ts.isNewExpression(parent) && parent.expression.getText().endsWith('Error');
  return made ? parent.arguments?.[0] === node : node.text.includes('_');
}
