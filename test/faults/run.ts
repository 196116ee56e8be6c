/**
 * Every fault program, and one table: `npm run faults`, with `-- --long` for the long form,
 * `-- --seed=7` to repeat one, and names to run only some: `-- kill overload`. Progress and rows
 * go to stderr as they come; the table, at the end, to stdout.
 */
import { disk } from './disk.ts'
import { drain } from './drain.ts'
import { type Finding, type Program, row } from './findings.ts'
import { fuzz } from './fuzz.ts'
import { hsm } from './hsm.ts'
import { kill } from './kill.ts'
import { logout } from './logout.ts'
import { network } from './network.ts'
import { overload } from './overload.ts'
import { processes } from './processes.ts'
import { secrets } from './secrets.ts'
import { simulation } from './simulations.ts'
import { strictness } from './strictness/program.ts'
import { isolation } from './suites.ts'
import { sweep } from './sweep.ts'
import { tenants } from './tenants.ts'

const programs: Record<string, Program> = {
  ...{
    kill,
    logout,
    network,
    disk,
    drain,
    overload,
    tenants,
    simulation,
    fuzz,
    sweep,
    strictness,
    processes,
  },
  ...{ hsm, isolation, secrets },
}

const words = process.argv.slice(2)
const depth = words.includes('--long') ? 'long' : words.includes('--short') ? 'short' : 'usual'
const seedWord = words.find((word) => word.startsWith('--seed='))
const seed = Number(seedWord?.slice('--seed='.length) ?? process.pid)
const chosen = words.filter((word) => !word.startsWith('--'))
const unknown = chosen.filter((name) => !(name in programs))
if (unknown.length > 0) throw new Error(`There is no program ${unknown.join(', ')}.`)

const rows: Finding[] = []
const add = (finding: Finding) => {
  rows.push(finding)
  process.stderr.write(`${row(finding)}\n`)
}
for (const [name, program] of Object.entries(programs)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  process.stderr.write(`${name} …\n`)
  const started = performance.now()
  try {
    for await (const finding of program(depth, seed)) add(finding)
  } catch (error) {
    const figure = error instanceof Error ? error.message : String(error)
    const text = figure.replace(/\s+/g, ' ')
    add({ what: `${name} (seed ${seed})`, target: 'runs to its end', figure: text, pass: false })
  }
  const seconds = Math.round((performance.now() - started) / 1_000)
  process.stderr.write(`${name}: ${seconds} s\n`)
}
const head = ['| Fault | Target | Figure | |', '| --- | --- | --- | --- |']
process.stdout.write(`${[...head, ...rows.map(row)].join('\n')}\n`)
process.exit(rows.length > 0 && rows.every(({ pass }) => pass) ? 0 : 1)
