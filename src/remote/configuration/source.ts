/** Reads the file of a service and the files that it extends, and knows where each value stands. */
import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { type Document, isNode, LineCounter, type Node, parseDocument } from 'yaml'
import { mergePatch } from '../../model/configuration/merge-patch.ts'
import { RemoteError } from '../failure.ts'

interface Read {
  path: string
  yaml: Document
  lines: LineCounter
}

export interface Source {
  path: string
  /** The file merged into those that it extends. */
  document: Record<string, unknown>
  /** `file:line` of a member, or of the nearest one around it that a file has. */
  locate(path: readonly PropertyKey[]): string
}

const mostFiles = 10
const longestFile = 8 * 1_024 * 1_024
/** Aliases of YAML could make a small file into a large document. */
const mostAliases = 1_000

export function readSource(path: string): Source {
  const chain = chainFrom(path, [])
  let document: unknown = {}
  for (const { yaml, path: own } of [...chain].reverse()) {
    const value: unknown = yaml.toJS({ maxAliasCount: mostAliases })
    document = mergePatch(document, withPathsFrom(dirname(own), value))
  }
  return {
    path,
    document: document as Record<string, unknown>,
    locate: (wanted) => {
      const found = chain.map((read) => placeIn(read, wanted))
      const [best] = found.sort((one, another) => another.depth - one.depth)
      return best?.text ?? path
    },
  }
}

/** The file, the one that it extends, and so on. */
function chainFrom(path: string, known: readonly string[]): Read[] {
  if (known.includes(path)) throw new RemoteError('usage', `${path} extends itself.`)
  if (known.length === mostFiles) {
    throw new RemoteError('usage', `${path}: at most ${mostFiles} files extend each other.`)
  }
  const read = readOne(path)
  const base: unknown = read.yaml.get('extends')
  if (typeof base !== 'string') return [read]
  const next = isAbsolute(base) ? base : join(dirname(path), base)
  return [read, ...chainFrom(next, [...known, path])]
}

function readOne(path: string): Read {
  const lines = new LineCounter()
  const text = textOf(path)
  const yaml = parseDocument(text, { lineCounter: lines, uniqueKeys: true, merge: false })
  const [problem] = yaml.errors
  if (problem) {
    const line = problem.linePos?.[0].line ?? 1
    throw new RemoteError('usage', `${path}:${line}: ${problem.message.split('\n')[0]}`)
  }
  const value: unknown = yaml.toJS({ maxAliasCount: mostAliases })
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RemoteError('usage', `${path}:1: The file has no object of settings.`)
  }
  return { path, yaml, lines }
}

function textOf(path: string): string {
  try {
    const text = readFileSync(path, 'utf8')
    if (text.length <= longestFile) return text
  } catch (error) {
    throw new RemoteError('usage', `${path} cannot be read: ${(error as Error).message}`)
  }
  throw new RemoteError('usage', `${path} is larger than 8 MB.`)
}

/** References to files are relative to the file that has them. */
function withPathsFrom(folder: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => withPathsFrom(folder, item))
  const members = Object.entries(value)
  const [only] = members
  if (members.length === 1 && only?.[0] === 'file' && typeof only[1] === 'string') {
    return { file: isAbsolute(only[1]) ? only[1] : join(folder, only[1]) }
  }
  return Object.fromEntries(members.map(([name, item]) => [name, withPathsFrom(folder, item)]))
}

/** The deepest node on the way to a member. */
function placeIn({ path, yaml, lines }: Read, wanted: readonly PropertyKey[]) {
  for (let depth = wanted.length; depth > 0; depth--) {
    const steps = wanted.slice(0, depth).map((step) => (typeof step === 'symbol' ? '' : step))
    const node = nodeAt(yaml, steps)
    if (node?.range) {
      return { depth, text: `${shortest(path)}:${lines.linePos(node.range[0]).line}` }
    }
  }
  return { depth: 0, text: `${shortest(path)}:1` }
}

function nodeAt(yaml: Document, steps: readonly (string | number)[]): Node | undefined {
  const node: unknown = yaml.getIn(steps, true)
  return isNode(node) ? node : undefined
}

const shortest = (path: string): string => {
  const near = relative(process.cwd(), path)
  return near.length < path.length ? near : path
}
