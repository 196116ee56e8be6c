/** The size of the console, as browsers load it. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

interface Chunk {
  file: string
  isEntry?: boolean
  imports?: string[]
  css?: string[]
}

const folder = 'dist/console'
const manifest = JSON.parse(readFileSync(`${folder}/.vite/manifest.json`, 'utf8')) as Record<
  string,
  Chunk
>
const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry) ?? ''

/** A chunk with all that it imports, and not by `import()`. */
function withImports(name: string, known = new Set<string>()): Set<string> {
  if (known.has(name)) return known
  known.add(name)
  for (const other of manifest[name]?.imports ?? []) withImports(other, known)
  return known
}

const compressed = (file: string) => readFileSync(`${folder}/${file}.gz`).length
const first = withImports(entry)

describe('budget of the console', () => {
  it('has at most 200 kB of compressed script, and 15 kB of style, before the first screen', () => {
    const chunks = [...first].map((name) => manifest[name] as Chunk)
    const script = chunks.reduce((sum, { file }) => sum + compressed(file), 0)
    const styles = new Set(chunks.flatMap(({ css = [] }) => css))
    const style = [...styles].reduce((sum, file) => sum + compressed(file), 0)
    expect(script).toBeGreaterThan(10_000)
    expect(script).toBeLessThanOrEqual(200_000)
    expect(style).toBeLessThanOrEqual(15_000)
  })

  it('has at most 60 kB of compressed script in any other chunk', () => {
    const later = Object.entries(manifest)
      .filter(([name, { file }]) => !first.has(name) && file.endsWith('.js'))
      .map(([, { file }]) => ({ file, size: compressed(file) }))
    expect(later.length).toBeGreaterThan(0)
    expect(later.filter(({ size }) => size > 60_000)).toEqual([])
  })
})
