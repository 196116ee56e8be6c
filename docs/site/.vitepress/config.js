/** The documentation site: the pages of `docs/`, in the order of `docs/site/sidebar.json`. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { defineConfig } from 'vitepress'

const site = resolve(import.meta.dirname, '..')
const docs = resolve(site, '..')
const sidebar = JSON.parse(await readFile(join(site, 'sidebar.json'), 'utf8'))

/** Not part of the site: the site itself, and reasons that are for developers of Postern. */
const isPage = (file) => file.endsWith('.md') && !/^(site|decisions)\//.test(file)

/** The Markdown of each page beside it, and a list of them for programs that read. */
async function writeMarkdown({ outDir }) {
  for (const file of (await readdir(docs, { recursive: true })).filter(isPage)) {
    await mkdir(dirname(join(outDir, file)), { recursive: true })
    await writeFile(join(outDir, file), await withIncluded(join(docs, file)))
  }
  const sections = sidebar.map(({ text, items }) => `## ${text}\n\n${items.map(listed).join('\n')}`)
  const introduction = '> A self-hosted engine behind OAuth 2.0 and OpenID Connect servers.'
  const text = ['# Postern', introduction, ...sections].join('\n\n')
  await writeFile(join(outDir, 'llms.txt'), `${text}\n`)
}

/** The text of a page, with the lines of files that it includes. */
async function withIncluded(file) {
  const text = await readFile(file, 'utf8')
  const [comment, path, from] = /^<!--@include: (\S+?)\{(\d+),\}-->$/m.exec(text) ?? []
  if (!comment) return text
  const included = await readFile(join(dirname(file), path), 'utf8')
  const lines = included.split('\n').slice(Number(from) - 1)
  return text.replace(comment, () => lines.join('\n').trimEnd())
}

const listed = ({ text, link }) => `- [${text}](${link}.md)`

/** Links to decisions, and to servers of the reader, lead to no page of the site. */
const isElsewhere = (link) => /(^|\/)decisions\/|^http:\/\/localhost/.test(link)

/** Pages are outside of the folder of the site; when they are rendered, Vue is found from inside. */
const foundWhenRendering = {
  name: 'found-when-rendering',
  enforce: 'pre',
  resolveId: (source, _importer, { ssr }) =>
    ssr && /^vue(\/|$)/.test(source) ? { id: source, external: true } : null,
}

export default defineConfig({
  title: 'Postern',
  description: 'A self-hosted engine behind OAuth 2.0 and OpenID Connect servers.',
  lang: 'en',
  srcDir: '..',
  srcExclude: ['site/**', 'decisions/**'],
  cacheDir: '.cache',
  outDir: 'dist',
  ignoreDeadLinks: [isElsewhere],
  // Pages are plain Markdown: what looks like a tag is text.
  markdown: { html: false, theme: { light: 'github-light', dark: 'github-dark' } },
  vite: { publicDir: join(site, 'public'), plugins: [foundWhenRendering] },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar,
    nav: [
      { text: 'Tutorial', link: '/tutorials/first-flow' },
      { text: 'Reference', link: '/reference/operations' },
    ],
    docFooter: { prev: 'Before', next: 'Next' },
  },
  buildEnd: writeMarkdown,
})
