import { h } from 'vue';
import DefaultTheme from 'vitepress/theme';
import SiteSearch from './SiteSearch.vue';

/** The default theme, with suoyin's own search. */
export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'nav-bar-content-before': () => h(SiteSearch) }),
};
