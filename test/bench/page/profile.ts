/** Where a server spends its time: the shares of a `.cpuprofile`, by category. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Frame {
  functionName: string
  url: string
}
interface Node {
  id: number
  callFrame: Frame
  children?: number[]
}
interface Profile {
  nodes: Node[]
  startTime: number
  samples: number[]
  timeDeltas: number[]
}

/** The first that fits a file decides. */
const categories: [string, RegExp][] = [
  ['hash, sign', /node:internal\/crypto|node_modules\/jose\/|dist\/jose\/|system\/sealer/],
  ['log', /node_modules\/(?:pino|sonic-boom|thread-stream)|dist\/system\/log/],
  ['store', /node_modules\/(?:better-sqlite3|drizzle-orm|pg[-/])|dist\/store\/|internal\/worker/],
  ['JSON, zod', /node_modules\/zod\/|dist\/http\/body|dist\/http\/call\/reply/],
  [
    'socket, HTTP',
    /^node:(?:net|_http|http|events|internal\/(?:stream|http|timers|url))|dist\/http\/|node_modules\/(?:hono|@hono)/,
  ],
]
export const categoryNames = [...categories.map(([name]) => name), 'GC', 'rest']

const jsonFunctions = /^(?:parse|stringify)$/

/** Functions of V8 and C++ have no file: they belong to the category of who called them. */
function categoryOf(node: Node, parents: ReadonlyMap<number, Node>): string | undefined {
  const { functionName } = node.callFrame
  if (functionName === '(idle)') return undefined
  if (functionName === '(garbage collector)') return 'GC'
  if (node.callFrame.url === '' && jsonFunctions.test(functionName)) return 'JSON, zod'
  let current: Node | undefined = node
  while (current && current.callFrame.url === '') current = parents.get(current.id)
  const { url = '' } = current?.callFrame ?? {}
  return categories.find(([, pattern]) => pattern.test(url))?.[0] ?? 'rest'
}

/** Parts of the time that the main thread was busy, after so many milliseconds of start. */
export function sharesOf(folder: string, startMilliseconds: number): Map<string, number> {
  const file = readdirSync(folder).find((name) => /\.0\.\d+\.cpuprofile$/.test(name))
  if (!file) throw new Error(`${folder} has no profile of a main thread.`)
  const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile
  const parents = new Map<number, Node>()
  for (const node of profile.nodes)
    for (const child of node.children ?? []) parents.set(child, node)
  const category = new Map(profile.nodes.map((node) => [node.id, categoryOf(node, parents)]))
  const spent = new Map(categoryNames.map((name) => [name, 0]))
  let elapsed = 0
  let busy = 0
  for (const [at, id] of profile.samples.entries()) {
    const delta = profile.timeDeltas[at] ?? 0
    elapsed += delta
    const name = category.get(id)
    if (name === undefined || elapsed < startMilliseconds * 1_000) continue
    spent.set(name, (spent.get(name) ?? 0) + delta)
    busy += delta
  }
  return new Map([...spent].map(([name, each]) => [name, each / busy]))
}
