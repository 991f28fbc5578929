import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';

/** The groups and pages of docs/README.md, which is the index: one list for readers of files and of the site. */
function sidebar() {
    const groups = [];
    const seen = new Set();
    for (const line of readFileSync('src/docs/index.md', 'utf8').split('\n')) {
        if (line.startsWith('## ')) {
            groups.push({ text: line.slice(3), items: [] });
        }
        for (const [, text, file] of line.matchAll(/\[([^\]]+)\]\(([^)#]+\.md)[^)]*\)/g)) {
            const link = new URL(file, 'http://site/docs/').pathname;
            if (groups.length > 0 && !seen.has(link)) {
                seen.add(link);
                groups.at(-1).items.push({ text: text[0].toUpperCase() + text.slice(1), link });
            }
        }
    }
    return groups;
}

export default defineConfig({
    title: 'LLM Gateway',
    description: 'An on-premises gateway between applications and language models',
    base: process.env.DOCS_BASE ?? '/',
    srcDir: 'src',
    outDir: 'dist',
    lastUpdated: false,
    // dead links fail the build: addresses of examples are no pages
    ignoreDeadLinks: [/^https?:\/\/(127\.0\.0\.1|localhost)/],
    // headings get the anchors that hosts of Markdown give them
    markdown: {
        languageAlias: { haproxy: 'nginx' },
        anchor: { slugify: (text) => text.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-') },
    },
    themeConfig: {
        search: { provider: 'local' },
        outline: 'deep',
        nav: [
            { text: 'Documentation', link: '/docs/' },
            { text: 'Changes', link: '/CHANGELOG' },
            { text: 'Contributing', link: '/CONTRIBUTING' },
        ],
        sidebar: sidebar(),
    },
});
