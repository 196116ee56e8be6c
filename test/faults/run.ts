/**
 * Every fault program, and one table: `npm run faults`, with `-- --long` for the long form,
 * `-- --seed=7` to repeat one, and names to run only some: `-- kill overload`.
 */
import type { Depth, Finding } from './findings.ts'
import { kill } from './kill.ts'
import { network } from './network.ts'
import { overload } from './overload.ts'
import { sweep } from './sweep.ts'

type Program = (depth: Depth, seed: number) => Promise<Finding[]>

const programs: Record<string, Program> = { kill, network, overload, sweep }

const words = process.argv.slice(2)
const depth = words.includes('--long') ? 'long' : words.includes('--short') ? 'short' : 'usual'
const seedWord = words.find((word) => word.startsWith('--seed='))
const seed = Number(seedWord?.slice('--seed='.length) ?? process.pid)
const chosen = words.filter((word) => !word.startsWith('--'))

const rows: Finding[] = []
for (const [name, program] of Object.entries(programs)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  process.stderr.write(`${name} …\n`)
  try {
    rows.push(...(await program(depth, seed)))
  } catch (error) {
    const figure = error instanceof Error ? error.message : String(error)
    rows.push({ what: name, target: 'runs to its end', figure, pass: false })
  }
}
const lines = rows.map(
  ({ what, target, figure, pass }) =>
    `| ${what} | ${target} | ${figure} | ${pass ? 'pass' : 'FAIL'} |`,
)
const head = ['| Fault | Target | Figure | |', '| --- | --- | --- | --- |']
process.stdout.write(`${[...head, ...lines].join('\n')}\n`)
process.exit(rows.length > 0 && rows.every(({ pass }) => pass) ? 0 : 1)
