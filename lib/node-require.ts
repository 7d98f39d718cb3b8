/**
 * The `require` of a module, on Node.js, Bun and Deno; null in browsers and workers, which have neither
 * files nor packages. No import names a built-in module, so a bundler for any platform has nothing to
 * resolve.
 *
 * @param url - `import.meta.url` of the module.
 */
export function nodeRequire(url: string): NodeJS.Require | null {
  const { process } = globalThis as { process?: Partial<typeof globalThis.process> };
  return process?.getBuiltinModule?.('node:module').createRequire(url) ?? null;
}
