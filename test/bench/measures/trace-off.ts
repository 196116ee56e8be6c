/**
 * What `Prefer: explain` costs the calls that do not prefer it: how often such a call calls the
 * trace, times what that takes without the optimizing compiler, as a part of its processor time.
 * Two builds cannot be compared so closely: in thirty launches the median of a build without a
 * trace had an interval of seven per cent, and that of the same build as well.
 */
import { execFileSync } from 'node:child_process'
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
import { pathToFileURL } from 'node:url'
import { enter } from '../contest.ts'
import { measure } from '../load.ts'
import type { Places } from '../places.ts'
import { atMost, type Target, table } from '../report.ts'
import { seed } from '../seed.ts'
import { launchPostern } from '../servers.ts'
import { works } from '../work.ts'

const measured = ['introspection', 'client credentials', 'code cycle']
const connections = 8
const warmUpSeconds = 1.5
const seconds = 2
const limitPercent = 1
const traceFile = 'explain/trace.js'

/** A build needs what is beside it: its dependencies, migrations and package.json. */
function copyOf(build: string, folder: string): string {
  const root = resolve(build, '..')
  cpSync(build, join(folder, 'dist'), { recursive: true })
  for (const beside of readdirSync(root)) {
    const isNeeded = /^(?:node_modules|drizzle|openapi|schema|package\.json)$/.test(beside)
    if (isNeeded) symlinkSync(join(root, beside), join(folder, beside))
  }
  return join(folder, 'dist')
}

/** Each function of the trace only counts; the process writes their number when it ends. */
function count(build: string, into: string): void {
  const file = join(build, traceFile)
  const exported = [
    ...readFileSync(file, 'utf8').matchAll(/^export (?:async )?(?:function|const) (\w+)/gm),
  ]
  if (exported.length === 0) throw new Error(`${file} exports nothing.`)
  const counting = exported.map(([, name]) => `export const ${name} = () => { called += 1 }`)
  const lines = [
    `import { writeFileSync } from 'node:fs'`,
    'let called = 0',
    `process.on('exit', () => writeFileSync(${JSON.stringify(into)}, String(called)))`,
    ...counting,
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
}

type Seeded = Awaited<ReturnType<typeof seed>>

async function calledBy(
  work: string,
  build: string,
  into: string,
  [url, seeded]: [string, Seeded],
) {
  const calledIn = async (cycles: number) => {
    const server = await launchPostern(url, join(build, 'main.js'))
    const { senders } = enter({ name: work, kind: 'postern', server, seeded }, 1)
    const [sender] = senders
    const cycle = works.find(({ name }) => name === work)?.postern(seeded)
    for (let turn = 0; turn < cycles && cycle && sender; turn++) await cycle(sender, turn)
    sender?.connection.close()
    await server.stop()
    return Number(readFileSync(into, 'utf8'))
  }
  const [few, more] = [await calledIn(10), await calledIn(60)]
  return (more - few) / 50
}

/** Nanoseconds of the costliest function of the trace, with its facts, while no call is explained. */
function costOfOne(build: string): number {
  const file = pathToFileURL(join(build, traceFile)).href
  const program = `
    import { step, note, noteShown, notePassed, plan } from ${JSON.stringify(file)}
    const times = 300_000
    const calls = [
      (at) => step('a step', () => ({ at })), (at) => note(() => ({ at })),
      (at) => noteShown(() => ({ at })), () => notePassed('P000001'), () => plan('a', 'b'),
    ]
    let worst = 0
    for (const call of calls) {
      const started = process.cpuUsage()
      for (let at = 0; at < times; at++) call(at)
      const { user, system } = process.cpuUsage(started)
      worst = Math.max(worst, (user + system) * 1_000 / times)
    }
    console.log(worst)`
  const options = ['--no-opt', '--input-type=module', '--eval', program]
  return Number(execFileSync(process.execPath, options, { encoding: 'utf8' }))
}

async function processorTimeOf(work: string, build: string, [url, seeded]: [string, Seeded]) {
  const server = await launchPostern(url, join(build, 'main.js'))
  const { senders } = enter({ name: work, kind: 'postern', server, seeded }, connections)
  const cycle = works.find(({ name }) => name === work)?.postern(seeded)
  if (!cycle) throw new Error(`There is no work ${work}.`)
  const load = { connections, processorTime: server.processorTime }
  await measure(senders, cycle, { ...load, seconds: warmUpSeconds })
  const { processor } = await measure(senders, cycle, { ...load, seconds })
  for (const { connection } of senders) connection.close()
  await server.stop()
  return processor * 1_000
}

export async function measureTraceOff(
  places: Places,
): Promise<{ targets: Target[]; text: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-builds-'))
  const build = resolve('dist')
  const counting = copyOf(build, folder)
  const into = join(folder, 'called')
  count(counting, into)
  const url = places.sqlite('trace off')
  const place: [string, Seeded] = [url, await seed(url, 1)]
  const nanoseconds = costOfOne(build)
  const rows: string[][] = []
  let worst = 0
  for (const work of measured) {
    const called = await calledBy(work, counting, into, place)
    const microseconds = await processorTimeOf(work, build, place)
    const percent = (called * nanoseconds) / 10 / microseconds
    worst = Math.max(worst, percent)
    rows.push([work, called.toFixed(0), microseconds.toFixed(0), `${percent.toFixed(2)} %`])
    process.stderr.write(`trace off: ${work}\n`)
  }
  rmSync(folder, { recursive: true, force: true })
  const one = `of ${nanoseconds.toFixed(0)} ns each`
  const text = table([['not explained', `calls of the trace, ${one}`, 'µs', 'cost'], ...rows])
  const says = `calls that are not explained cost ≤ ${limitPercent} % for it`
  const print = (percent: number) => `${percent.toFixed(2)} %`
  return { text, targets: [{ says, figure: worst, print, ...atMost(limitPercent) }] }
}
