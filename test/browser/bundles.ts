import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { compileScript, compileTemplate, parse } from 'vue/compiler-sfc';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The search box from lib, not from a build of before. */
const ownElement: Plugin = {
  name: 'own-element',
  setup(made) {
    made.onResolve({ filter: /^suoyin\/element$/ }, () => ({
      path: `${ROOT}lib/element/index.js`,
    }));
  },
};

/** Components of one file, their template compiled into the script. */
const vue: Plugin = {
  name: 'vue',
  setup(made) {
    made.onLoad({ filter: /\.vue$/ }, ({ path }) => {
      const { descriptor } = parse(readFileSync(path, 'utf8'), { filename: path });
      const { bindings, content } = compileScript(descriptor, { id: path, genDefaultAs: 'box' });
      const { code, errors } = compileTemplate({
        source: descriptor.template!.content,
        filename: path,
        id: path,
        compilerOptions: {
          bindingMetadata: bindings!,
          isCustomElement: (tag: string) => tag === 'suoyin-search',
        },
      });
      if (errors.length > 0) throw new Error(String(errors[0]));
      const contents = `${content}\n${code}\nbox.render = render;\nexport default box;`;
      return { contents, loader: 'js' };
    });
  },
};

/** A script for a browser of code that starts in examples/search-box. */
export async function bundle(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: `${ROOT}examples/search-box` },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    plugins: [ownElement, vue],
  });
  return outputFiles[0]!.text;
}
