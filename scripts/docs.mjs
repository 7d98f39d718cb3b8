// Builds the site of the documentation into .cache/docs-site: the API by TypeDoc, the sections for its search, the
// pages by VitePress, which fails on a dead link; then every link of what was built is followed once more.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { slugOf } from '../docs/.vitepress/slug.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const docs = join(root, 'docs');
const site = join(root, '.cache/docs-site');
const LANGUAGES = { 'zh-hant': 'zh-Hant', 'zh-hans': 'zh-Hans', ja: 'ja' };
const ENTRIES = ['', 'analyzers/', 'autocomplete/', 'health/', 'ingest/', 'knn/', 'server/'];

rmSync(join(docs, 'api'), { recursive: true, force: true });
rmSync(site, { recursive: true, force: true });
run('typedoc', [
  ...ENTRIES.map((entry) => `lib/${entry}index.ts`),
  ...['--plugin', 'typedoc-plugin-markdown', '--out', 'docs/api', '--readme', 'none'],
  ...['--excludeInternal', '--excludePrivate', '--hideGenerator', '--disableSources'],
  ...[
    '--entryFileName',
    'index',
    '--hideBreadcrumbs',
    '--logLevel',
    'Error',
    '--validation.notExported',
    'false',
  ],
]);
const changes = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
writeFileSync(join(docs, 'changelog.md'), changes.replaceAll('](docs/', ']('));
mkdirSync(join(docs, 'public'), { recursive: true });
writeFileSync(join(docs, 'public/search.json'), JSON.stringify(pages(docs).flatMap(sectionsOf)));
try {
  run('vitepress', ['build', 'docs']);
} finally {
  for (const made of ['changelog.md', 'public', 'api'])
    rmSync(join(docs, made), { recursive: true, force: true });
}
const dead = deadLinks();
for (const link of dead) console.error(`dead link: ${link}`);
console.log(`${pages(docs).length} pages; ${dead.length} dead links; ${size(site)} kB in ${site}`);
process.exitCode = dead.length === 0 ? 0 : 1;

function run(program, args) {
  const { status } = spawnSync('npx', [program, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${program} failed`);
}

/** Paths of pages in docs, without those of the API. */
function pages(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md') && !/^(?:api|\.vitepress|public)/.test(path))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}

/** The sections that the search of the site uses: the text under each heading. */
function sectionsOf(path) {
  const [folder] = path.split('/');
  const lang = LANGUAGES[folder] ?? 'en';
  const page = `/${path.replace(/(?:index)?\.md$/, '')}`;
  const text = readFileSync(join(docs, path), 'utf8').replace(/^---\n[^]*?\n---\n/, '');
  const parts = text.replace(/<!--[^]*?-->/g, '').split(/^(?=#{1,3} )/m);
  const title = plain(/^# (.*)$/m.exec(text)?.[1] ?? path);
  return parts.flatMap((part) => {
    const [, marks = '', heading = ''] = /^(#*) ?(.*)/.exec(part) ?? [];
    const body = plain(part.slice(part.indexOf('\n') + 1));
    if (body === '' && heading === '') return [];
    const isTop = marks.length <= 1;
    return [
      {
        lang,
        title,
        heading: isTop ? '' : plain(heading),
        text: body,
        url: isTop ? page : `${page}#${slugOf(plain(heading))}`,
      },
    ];
  });
}

function plain(markdown) {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/```\w*/g, '')
    .replace(/^\|[ -|]*\|$/gm, '')
    .replace(/[*`|]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function deadLinks() {
  const files = new Set(
    readdirSync(site, { recursive: true, encoding: 'utf8' }).map((path) =>
      path.replaceAll('\\', '/'),
    ),
  );
  const ids = new Map();
  const html = [...files].filter((path) => path.endsWith('.html'));
  for (const path of html) {
    const text = readFileSync(join(site, path), 'utf8');
    ids.set(path, new Set(Array.from(text.matchAll(/ id="([^"]+)"/g), ([, id]) => id)));
  }
  const found = [];
  const check = (from, target) => {
    const [path, hash] = target.split('#');
    const base =
      path === '' ? `/${from}` : posix.join(path.startsWith('/') ? '/' : `/${dirname(from)}`, path);
    const own = decodeURI(base).replace(/^\//, '');
    const file = [own, `${own}.html`, posix.join(own, 'index.html')].find(
      (each) => files.has(each) && statSync(join(site, each)).isFile(),
    );
    if (file === undefined) found.push(`${from}: ${target}`);
    else if (hash && ids.has(file) && !ids.get(file).has(decodeURIComponent(hash)))
      found.push(`${from}: ${target}`);
  };
  for (const from of html) {
    if (from === '404.html') continue;
    const text = readFileSync(join(site, from), 'utf8');
    for (const [, href] of text.matchAll(/<a [^>]*href="([^"]+)"/g)) {
      if (!/^(?:[a-z]+:|\/\/)/.test(href)) check(from, href.replaceAll('&amp;', '&'));
    }
  }
  for (const { url } of JSON.parse(readFileSync(join(site, 'search.json'), 'utf8')))
    check('index.html', url);
  return [...new Set(found)];
}

function size(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Math.round(files.reduce((sum, path) => sum + statSync(join(folder, path)).size, 0) / 1000);
}
