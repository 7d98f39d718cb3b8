// The site of the documentation: `npm run docs`. The pages are docs/*.md, which are in the package too; those of
// other languages are in a folder each.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { slugOf } from './slug.mjs';

const docs = fileURLToPath(new URL('..', import.meta.url));
const { repository, version } = JSON.parse(readFileSync(join(docs, '../package.json'), 'utf8'));
const source = repository.url.replace(/^git\+|\.git$/g, '');

/** Pages in the order of the side bar: [group, [page, title]...], by language. */
const PAGES = {
  en: [
    [
      'Start',
      ['walkthrough', 'Ten minutes'],
      ['data', 'Your data'],
      ['search-box', 'A search box'],
      ['images', 'Pictures'],
      ['notes', 'Notes and articles'],
    ],
    [
      'Answers',
      ['places', 'Places'],
      ['reading', 'How a query is read'],
      ['names', 'Names and labels'],
      ['input', 'Ways to type'],
      ['language', 'Language of a name'],
    ],
    [
      'Use',
      ['code', 'From code'],
      ['serve', 'Over HTTP'],
      ['cli', 'Command line'],
      ['options', 'Options'],
      ['errors', 'Errors'],
      ['anywhere', 'In browsers and on the edge'],
      ['api/', 'API'],
    ],
    [
      'Run',
      ['production', 'In production'],
      ['operating', 'Operating'],
      ['rebuild', 'A rebuild'],
      ['permissions', 'Permissions'],
      ['reliability', 'Reliability'],
    ],
    [
      'About',
      ['figures', 'Figures'],
      ['compare', 'Comparison'],
      ['limits', 'Limits and compatibility'],
      ['decisions', 'Decisions'],
      ['faq', 'Questions'],
      ['glossary', 'Words'],
      ['licences', 'Licences'],
      ['changelog', 'Changelog'],
    ],
  ],
  'zh-hant': [
    [
      '開始',
      ['walkthrough', '十分鐘上手'],
      ['data', '你的資料'],
      ['search-box', '搜尋框'],
      ['images', '圖片'],
    ],
  ],
  'zh-hans': [
    [
      '开始',
      ['walkthrough', '十分钟上手'],
      ['data', '你的数据'],
      ['search-box', '搜索框'],
      ['images', '图片'],
    ],
  ],
  ja: [
    [
      'はじめる',
      ['walkthrough', '10 分で試す'],
      ['data', '自分のデータ'],
      ['search-box', '検索ボックス'],
      ['images', '画像'],
    ],
  ],
};

function sidebarOf(language) {
  const folder = language === 'en' ? '' : `${language}/`;
  const own = PAGES[language].map(([text, ...pages]) => ({
    text,
    items: pages
      .filter(([page]) => page.endsWith('/') || existsSync(join(docs, `${folder}${page}.md`)))
      .map(([page, title]) => ({ text: title, link: `/${folder}${page}` })),
  }));
  if (language === 'en') return own;
  // What is in English only is named so.
  const english = sidebarOf('en').map((group) => ({
    ...group,
    text: `${group.text} (English)`,
    collapsed: true,
  }));
  return [...own, ...english];
}

const locale = (language, label, lang, words) => ({
  label,
  lang,
  ...(language === 'en' ? {} : { link: `/${language}/` }),
  themeConfig: {
    nav: [
      { text: words.start, link: `/${language === 'en' ? '' : `${language}/`}walkthrough` },
      { text: words.api, link: '/api/' },
      { text: `${version}`, link: '/changelog' },
    ],
    sidebar: sidebarOf(language),
    outline: { label: words.outline, level: [2, 3] },
    docFooter: { prev: words.prev, next: words.next },
    darkModeSwitchLabel: words.dark,
    returnToTopLabel: words.top,
    sidebarMenuLabel: words.menu,
    langMenuLabel: words.languages,
    lastUpdated: { text: words.updated },
    suoyin: words,
  },
});

/** Links out of docs/ go to the repository; the pages themselves stay readable there and in the package. */
function repositoryLinks(md) {
  const before =
    md.renderer.rules.link_open ??
    ((tokens, at, options, _env, self) => self.renderToken(tokens, at, options));
  md.core.ruler.push('repository-links', ({ tokens, env }) => {
    const depth = (env.relativePath ?? '').split('/').length - 1;
    const out = '../'.repeat(depth + 1);
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' && token.attrGet('href');
      if (!href || !href.startsWith(out)) continue;
      const path = href.slice(out.length);
      const own = { 'CHANGELOG.md': `${'../'.repeat(depth)}changelog.md` }[path.split('#')[0]];
      token.attrSet('href', own ?? `${source}/blob/main/${path}`);
    }
  });
  md.renderer.rules.link_open = before;
}

export default {
  title: 'suoyin 索引',
  description:
    'Search for names and pictures that is right for Taiwan, Japan, China and Hong Kong.',
  base: process.env.DOCS_BASE ?? '/',
  cleanUrls: true,
  lastUpdated: false,
  outDir: '../.cache/docs-site',
  cacheDir: '../.cache/docs-cache',
  head: [['meta', { name: 'theme-color', content: '#0b6e4f' }]],
  markdown: {
    anchor: { slugify: slugOf },
    config: repositoryLinks,
    theme: { light: 'github-light', dark: 'github-dark' },
  },
  vite: { build: { chunkSizeWarningLimit: 2000 } },
  themeConfig: {
    // Not every page is translated: another language begins at its first page.
    i18nRouting: false,
    socialLinks: [{ icon: 'github', link: source }],
    footer: { message: 'Apache-2.0' },
  },
  locales: {
    root: locale('en', 'English', 'en', {
      start: 'Start',
      api: 'API',
      outline: 'On this page',
      prev: 'Before',
      next: 'Next',
      dark: 'Dark',
      top: 'To the top',
      menu: 'Pages',
      languages: 'Language',
      updated: 'Updated',
      search: 'Search',
      placeholder: 'Search the pages',
      none: 'Nothing found',
      close: 'Close',
    }),
    'zh-hant': locale('zh-hant', '繁體中文', 'zh-Hant', {
      start: '開始',
      api: 'API',
      outline: '本頁內容',
      prev: '上一頁',
      next: '下一頁',
      dark: '深色',
      top: '回到頂端',
      menu: '頁面',
      languages: '語言',
      updated: '更新',
      search: '搜尋',
      placeholder: '搜尋文件',
      none: '找不到',
      close: '關閉',
    }),
    'zh-hans': locale('zh-hans', '简体中文', 'zh-Hans', {
      start: '开始',
      api: 'API',
      outline: '本页内容',
      prev: '上一页',
      next: '下一页',
      dark: '深色',
      top: '回到顶部',
      menu: '页面',
      languages: '语言',
      updated: '更新',
      search: '搜索',
      placeholder: '搜索文档',
      none: '找不到',
      close: '关闭',
    }),
    ja: locale('ja', '日本語', 'ja', {
      start: 'はじめる',
      api: 'API',
      outline: 'このページの内容',
      prev: '前へ',
      next: '次へ',
      dark: 'ダーク',
      top: '先頭へ',
      menu: 'ページ',
      languages: '言語',
      updated: '更新',
      search: '検索',
      placeholder: '文書を検索',
      none: '見つかりません',
      close: '閉じる',
    }),
  },
};
