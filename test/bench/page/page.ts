/** Writes a run into docs/performance.md, between its markers, and the chart beside it. */
import { readFileSync, writeFileSync } from 'node:fs'

const page = 'docs/performance.md'
const image = 'docs/site/public/performance.svg'

/** The text of each part, by the name in its markers. */
export function writePage(parts: Record<string, string>, svg: string): void {
  let text = readFileSync(page, 'utf8')
  for (const [name, part] of Object.entries(parts)) {
    const begin = `<!-- bench:${name} -->`
    const end = `<!-- end of bench:${name} -->`
    const from = text.indexOf(begin)
    const to = text.indexOf(end)
    if (from < 0 || to < from) throw new Error(`${page} has no place for ${name}.`)
    text = `${text.slice(0, from + begin.length)}\n\n${part}\n\n${text.slice(to)}`
  }
  writeFileSync(page, text)
  writeFileSync(image, svg)
}
