import { defineConfig } from 'vitepress';

const IDEAS = ['folio', 'contpte', 'batching', 'page-anon-exclusive'];
const QUESTIONS = Array.from({ length: 25 }, (_, i) => i + 1);

export default defineConfig({
  title: 'ptelab',
  description: 'An exact model of what Linux mprotect() does to page tables',
  lang: 'en',
  base: process.env.PTELAB_DOCS_BASE ?? '/',
  outDir: '../site',
  cacheDir: '../node_modules/.cache/vitepress',
  cleanUrls: false,
  // The API is built beside the site, and looked at by whoever looks for dead links in all of it.
  ignoreDeadLinks: [/^\/api\//],
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: { theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Questions', link: '/README' },
      { text: 'API', link: '/api/index.html', target: '_self' },
    ],
    sidebar: [
      {
        text: 'Start',
        items: [
          { text: 'In five minutes', link: '/start' },
          { text: 'Every verb', link: '/verbs' },
          { text: 'Writing a scenario', link: '/writing-a-scenario' },
          { text: 'Writing a strategy', link: '/writing-a-strategy' },
          { text: 'A fleet as one table', link: '/fleet' },
        ],
      },
      {
        text: 'Ideas',
        items: IDEAS.map((idea) => ({
          text: idea === 'page-anon-exclusive' ? 'PageAnonExclusive' : idea,
          link: `/ideas/${idea}`,
        })),
      },
      {
        text: 'What came out',
        items: [
          { text: 'Findings', link: '/findings' },
          { text: 'How we know it is right', link: '/how-we-know' },
          { text: 'Conformance', link: '/conformance' },
          { text: 'Limits', link: '/limits' },
        ],
      },
      {
        text: 'Questions of the review',
        link: '/README',
        collapsed: true,
        items: QUESTIONS.map((id) => ({
          text: `Q${id}`,
          link: `/questions/q${String(id).padStart(2, '0')}`,
        })),
      },
      {
        text: 'Joining',
        items: [
          { text: 'Architecture', link: '/architecture' },
          { text: 'Decisions', link: '/decisions/' },
          { text: 'Versions', link: '/semver' },
          { text: 'Dependencies', link: '/dependencies' },
          { text: 'Coverage', link: '/coverage' },
        ],
      },
    ],
    socialLinks: [{ icon: 'github', link: 'https://github.com/ptelab/ptelab' }],
  },
});
