/**
 * What `Prefer: explain` costs the calls that do not prefer it: the build against a copy of it whose
 * trace functions return at once. Launches differ by more than is looked for, so there are many of
 * them, each with both builds in turns, and a second copy of the build shows the noise.
 */
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Contestant, enter } from '../contest.ts'
import { measure } from '../load.ts'
import type { Places } from '../places.ts'
import { atMost, median, type Target, table } from '../report.ts'
import { seed } from '../seed.ts'
import { launchPostern } from '../servers.ts'
import { works } from '../work.ts'

const connections = 8
const measured = ['introspection', 'client credentials']
const warmUpSeconds = 1.5
const turnSeconds = 0.25
const turns = 12
const limitPercent = 1

/** A build needs what is beside it: its dependencies, migrations and package.json. */
function copyOf(build: string, folder: string, name: string): string {
  const place = join(folder, name)
  const root = resolve(build, '..')
  cpSync(build, join(place, 'dist'), { recursive: true })
  for (const beside of readdirSync(root)) {
    const isNeeded = /^(?:node_modules|drizzle|openapi|schema|package\.json)$/.test(beside)
    if (isNeeded) symlinkSync(join(root, beside), join(place, beside))
  }
  return join(place, 'dist')
}

function silence(build: string): void {
  const file = join(build, 'explain/trace.js')
  const exported = readFileSync(file, 'utf8').matchAll(
    /^export (?:async )?(?:function|const) (\w+)/gm,
  )
  const silent = [...exported].map(([, name]) => `export const ${name} = () => undefined\n`)
  if (silent.length === 0) throw new Error(`${file} exports nothing.`)
  writeFileSync(file, silent.join(''))
}

interface Launch {
  /** The processor time of the build as a multiple of that of the silent one, and of its copy. */
  silent: number
  again: number
}

async function oneLaunch(
  builds: Record<'build' | 'silent' | 'again', string>,
  urls: Record<'build' | 'silent' | 'again', { url: string; seeded: Contestant['seeded'] }>,
  work: string,
): Promise<Launch> {
  const names = ['build', 'silent', 'again'] as const
  const sides = await Promise.all(
    names.map(async (name) => {
      const { url, seeded } = urls[name]
      const server = await launchPostern(url, join(builds[name], 'main.js'))
      const entry = { name, kind: 'postern' as const, server, ...(seeded ? { seeded } : {}) }
      return { name, contestant: enter(entry, connections) }
    }),
  )
  const cycleOf = works.find(({ name }) => name === work)
  const costs = { build: [] as number[], silent: [] as number[], again: [] as number[] }
  for (let turn = -1; turn < turns; turn++) {
    const order = turn % 2 === 0 ? sides : [...sides].reverse()
    for (const { name, contestant } of order) {
      const { seeded, server, senders } = contestant
      if (!cycleOf || !seeded) continue
      const seconds = turn < 0 ? warmUpSeconds : turnSeconds
      const load = { connections, seconds, processorTime: server.processorTime }
      const { processor } = await measure(senders, cycleOf.postern(seeded), load)
      if (turn >= 0) costs[name].push(processor)
    }
  }
  for (const { contestant } of sides) {
    for (const { connection } of contestant.senders) connection.close()
    await contestant.server.stop()
  }
  const against = (other: number[]) =>
    median(costs.build.map((cost, at) => cost / (other[at] ?? 0)))
  return { silent: against(costs.silent), again: against(costs.again) }
}

/** The median with the interval that contains the true one in 95 of 100 cases: order statistics. */
export function medianInterval(values: number[]): { median: number; from: number; to: number } {
  const sorted = [...values].sort((a, b) => a - b)
  const count = sorted.length
  let outside = 0
  let chance = 0.5 ** count
  let left = 0
  // As many values are left out at each end as together have a chance of at most 2.5 %.
  while (left < Math.floor(count / 2) && outside + chance <= 0.025) {
    outside += chance
    left += 1
    chance *= (count - left + 1) / left
  }
  const at = Math.max(0, left - 1)
  const nan = Number.NaN
  return { median: median(sorted), from: sorted[at] ?? nan, to: sorted[count - 1 - at] ?? nan }
}

const percent = (multiple: number) => `${((multiple - 1) * 100).toFixed(1)} %`

export async function measureTraceOff(
  places: Places,
  launches: number,
): Promise<{ targets: Target[]; text: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-builds-'))
  const build = resolve('dist')
  const builds = {
    build: copyOf(build, folder, 'build'),
    silent: copyOf(build, folder, 'silent'),
    again: copyOf(build, folder, 'again'),
  }
  silence(builds.silent)
  const made = async (name: string) => {
    const url = places.sqlite(`trace ${name}`)
    return { url, seeded: await seed(url, 1) }
  }
  const urls = {
    build: await made('build'),
    silent: await made('silent'),
    again: await made('again'),
  }
  const found: Launch[] = []
  for (let launch = 0; launch < launches; launch++) {
    found.push(await oneLaunch(builds, urls, measured[launch % measured.length] ?? ''))
    process.stderr.write(`trace off: launch ${launch + 1} of ${launches}\n`)
  }
  rmSync(folder, { recursive: true, force: true })
  const silent = medianInterval(found.map((each) => each.silent))
  const again = medianInterval(found.map((each) => each.again))
  const row = (name: string, { median: middle, from, to }: typeof silent) => [
    ...[name, percent(middle), `${percent(from)} to ${percent(to)}`, String(launches)],
  ]
  const text = table([
    ['calls that are not explained', 'cost more', '95 % interval', 'launches'],
    row('against the build without a trace', silent),
    row('against the same build (noise)', again),
  ])
  const says = `calls that are not explained cost ≤ ${limitPercent} % for it, by the interval`
  const limit = 1 + limitPercent / 100
  return {
    text,
    targets: [{ says, figure: silent.to, print: percent, ...atMost(limit) }],
  }
}
