import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));
const ENTRIES = ['', 'analyzers/', 'autocomplete/', 'health/', 'ingest/', 'knn/', 'server/'];

/** A parameter that may be options, of an exported function, constructor or method. */
export interface OptionParameter {
  /** `createHandler`, `new PlaceIndex`, `PlaceIndex.suggest`. */
  of: string;
  name: string;
  /** As the compiler writes it. */
  type: string;
}

/**
 * Every parameter of the entries that is a plain object and optional, or has optional members, or is called
 * `options`: what may be options, and what is none has to be told apart by hand.
 */
export function optionParameters(): OptionParameter[] {
  const config = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const entries = ENTRIES.map((folder) => `${root}lib/${folder}index.ts`);
  const settings = { ...options, incremental: false, noEmit: true, types: ['node'] };
  const program = ts.createProgram(entries, settings, ownFiles(settings));
  const checker = program.getTypeChecker();
  const found = new Map<string, OptionParameter>();
  const add = (of: string, signatures: readonly ts.Signature[]): void => {
    for (const parameter of signatures.flatMap((signature) => signature.getParameters())) {
      const type = optionType(checker, parameter);
      if (type !== null) found.set(`${of} ${parameter.name}`, { of, name: parameter.name, type });
    }
  };
  for (const entry of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!;
    for (const exported of checker.getExportsOfModule(module)) {
      const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
      addOf(isAlias ? checker.getAliasedSymbol(exported) : exported, exported.name);
    }
  }
  return [...found.values()];

  function addOf(symbol: ts.Symbol, name: string): void {
    const value = symbol.valueDeclaration && checker.getTypeOfSymbol(symbol);
    if (value) {
      add(name, value.getCallSignatures());
      add(`new ${name}`, value.getConstructSignatures());
    }
    if ((symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) === 0) return;
    for (const member of checker.getDeclaredTypeOfSymbol(symbol).getProperties()) {
      const { valueDeclaration } = member;
      const isOurs = valueDeclaration?.getSourceFile().fileName.startsWith(`${root}lib/`);
      if (!isOurs || (member.flags & ts.SymbolFlags.Method) === 0) continue;
      const isPrivate = member.name.includes('#') || isHidden(valueDeclaration!);
      if (isPrivate) continue;
      add(`${name}.${member.name}`, checker.getTypeOfSymbol(member).getCallSignatures());
    }
  }
}

/** Reads lib and the declarations of Node.js; those of the engines' clients are as long as all else and contain no entry points. */
function ownFiles(settings: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(settings);
  host.resolveModuleNameLiterals = (names, from, redirected, found) =>
    names.map(({ text }) => {
      const isOwn = text.startsWith('.') || from.includes('/node_modules/');
      if (!isOwn) return { resolvedModule: undefined };
      return ts.resolveModuleName(text, from, found, host, undefined, redirected);
    });
  return host;
}

function isHidden(declaration: ts.Declaration): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return (ts.getCombinedModifierFlags(declaration) & hidden) !== 0;
}

/** The type of a parameter that may be options; null where it can be none. */
function optionType(checker: ts.TypeChecker, parameter: ts.Symbol): string | null {
  const declaration = parameter.valueDeclaration as ts.ParameterDeclaration | undefined;
  if (!declaration) return null;
  const isOptional = Boolean(declaration.questionToken ?? declaration.initializer);
  const type = checker.getNonNullableType(checker.getTypeOfSymbol(parameter));
  const parts = type.isUnion() ? type.types : [type];
  const isObject = parts.every(
    (part) => (part.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0,
  );
  if (!isObject || type.getCallSignatures().length > 0) return null;
  if (checker.isArrayType(type) || checker.isTupleType(type)) return null;
  const hasOptional = checker
    .getPropertiesOfType(type)
    .some((member) => (member.flags & ts.SymbolFlags.Optional) !== 0);
  if (!isOptional && !hasOptional && parameter.name !== 'options') return null;
  return checker.typeToString(type);
}
