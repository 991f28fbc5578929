// Copies the pages of the repository, and the files that they link to, into a folder for VitePress.
// usage: node stage.mjs ROOT FOLDER. Fails when a link leads to a file that is not there.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const [root, folder] = process.argv.slice(2).map((path) => resolve(path));
const pagesIn = (path) => readdirSync(join(root, path)).filter((name) => name.endsWith('.md')).map((name) => join(path, name));
const pages = [...pagesIn('.'), ...pagesIn('docs'), ...pagesIn('docs/adr')];
const missing = [];

/** The name of a page in the site: a README is the index of its folder. */
const named = (path) => path.replace(/README\.md$/, 'index.md');

function staged(page, target) {
    if (/^[a-z]+:/.test(target)) {
        return target;
    }
    const path = relative(root, resolve(root, dirname(page), target));
    if (!existsSync(join(root, path))) {
        missing.push(`${page}: ${target}`);
        return target;
    }
    if (statSync(join(root, path)).isDirectory()) {
        if (!existsSync(join(root, path, 'README.md'))) {
            list(path);
        }
        return join(target, 'index.md');
    }
    return path.endsWith('.md') ? named(target) : target + published(path);
}

/** A page for a folder without one: its files. */
function list(path) {
    const files = readdirSync(join(root, path)).filter((name) => statSync(join(root, path, name)).isFile());
    const lines = files.map((name) => `* [${name}](${name}${published(join(path, name))})`);
    mkdirSync(join(folder, path), { recursive: true });
    writeFileSync(join(folder, path, 'index.md'), `# ${path}\n\n${lines.join('\n')}\n`);
}

/** Publishes a file that is no page as it is; returns what is added to its name, so that it has an extension. */
function published(path) {
    const added = /\.[a-z]+$/.test(path) ? '' : '.txt';
    const copy = join(folder, 'public', path + added);
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(join(root, path), copy);
    return added;
}

for (const page of pages) {
    const text = readFileSync(join(root, page), 'utf8')
        .split(/(^```[^]*?^```)/m)
        .map((part, i) => (i % 2 === 1 ? part : part.replace(/\]\(([^)#\s]+)(#[^)]*)?\)/g,
            (_, target, anchor) => `](${staged(page, target)}${anchor ?? ''})`)))
        .join('');
    const copy = join(folder, named(page));
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, text);
}
if (missing.length > 0) {
    console.error(`dead links:\n  ${missing.join('\n  ')}`);
    process.exit(1);
}
