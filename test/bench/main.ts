/**
 * How fast Postern is, against servers that do nothing and servers that do the same. All run on
 * this machine, in turns; only the ratios of one run mean anything elsewhere.
 *
 * `--long` adds 100,000 services, their searches, and ten million tokens (`--tokens <n>`: as many);
 * `--against <file>` adds another build of Postern, by its main.js, and this build once more, which
 * shows the noise; `--only <text,text>` takes the works that have one of the texts in their name;
 * `--rounds <n>`, `--seconds <n>` and `--warm-up <n>` (seconds of each work on each server) make it
 * longer or shorter; `--write` writes the result into docs/performance.md.
 */
import { parseArgs } from 'node:util'
import { type Contestant, contest, enter, type Rounds } from './contest.ts'
import { measureExplanations } from './explain.ts'
import { hydraProgram, launchHydra } from './hydra.ts'
import { profileMissed } from './measures/profiles.ts'
import { measureTokens } from './measures/tokens.ts'
import { measureTouch } from './measures/touch.ts'
import { measureTraceOff } from './measures/trace-off.ts'
import { chart } from './page/chart.ts'
import { writePage } from './page/page.ts'
import { openPlaces } from './places.ts'
import { figureTable, ratioTable, type Target, table, targetTable } from './report.ts'
import { measureSearch } from './search.ts'
import { launchBare, launchNode, launchPeer, peerVersion } from './servers.ts'
import { compareTargets, costTargets, isCompared } from './targets.ts'
import { works } from './work.ts'

const { values: given } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    against: { type: 'string' },
    only: { type: 'string', default: '' },
    tokens: { type: 'string' },
    services: { type: 'string', default: '100000' },
    'warm-up': { type: 'string', default: '20' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1.5' },
  },
})
const settings = {
  connections: 32,
  warmUpSeconds: Number(given['warm-up']),
  seconds: Number(given.seconds),
  rounds: Number(given.rounds),
}
const many = Number(given.services)
const manyTokens = Number(given.tokens ?? (given.long ? 10_000_000 : 0))
const isWanted = (name: string) => given.only.split(',').some((only) => name.includes(only))

const print = (text: string) => process.stdout.write(`${text}\n`)
const told: string[] = []
/** What is missing in this run, and why. */
function skip(text: string): void {
  told.push(text)
  print(`SKIPPED: ${text}`)
}

/** What was measured before is not lost with it. */
function skipTokens(error: unknown): Target[] {
  skip(`what live tokens take and cost: ${error instanceof Error ? error.message : error}`)
  return []
}

const places = openPlaces(settings.connections)

const onSqlite = (name: string, services: number) =>
  places.enter(name, places.sqlite(name), services)

async function onPostgres(url: string | undefined, name: string, services: number) {
  return url ? [await places.enter(name, await places.postgres(url, name), services)] : []
}

async function others(postgresUrl: string | undefined): Promise<Contestant[]> {
  const [node, bare, peer] = [await launchNode(), await launchBare(), await launchPeer()]
  places.closing.push(node.stop, bare.stop, peer.stop)
  print(`oidc-provider ${peerVersion()}`)
  const { connections } = settings
  const entered = [
    enter({ name: 'node:http', kind: 'bare', server: node }, connections),
    enter({ name: 'bare', kind: 'bare', server: bare }, connections),
    enter({ name: 'oidc-provider', kind: 'peer', server: peer }, connections),
  ]
  const program = hydraProgram()
  if (!program || !postgresUrl) {
    skip('Hydra: it needs PostgreSQL, and its program in POSTERN_BENCH_HYDRA.')
    return entered
  }
  const { server, client } = await launchHydra(program, postgresUrl)
  places.closing.push(server.stop)
  return [...entered, enter({ name: 'hydra', kind: 'hydra', server, hydra: client }, connections)]
}

/** Another build, and the same build once more. */
async function rivals(): Promise<Contestant[]> {
  if (!given.against) {
    skip('another build of Postern, and with it the CIBA cycle: it needs --against.')
    return []
  }
  return [await places.enterOther('against', given.against), await onSqlite('sqlite again', 1)]
}

/** 100,000 services on each database; their first requests are measured at once. */
async function withMany(postgresUrl: string | undefined): Promise<[Contestant[], Target[]]> {
  if (!given.long) return [[], []]
  const label = many.toLocaleString('en')
  const entered = [
    await onSqlite(`sqlite ${label}`, many),
    ...(await onPostgres(postgresUrl, `postgres ${label}`, many)),
  ]
  const targets: Target[] = []
  for (const each of entered) targets.push(...(await measureTouch(each)))
  return [entered, targets]
}

/** Prints the parts of the page, and writes them into it if that is asked for. */
function report(parts: { targets: string } & Record<string, string>, targets: Target[]): void {
  const date = new Date().toISOString().slice(0, 10)
  const flags = process.argv.slice(2).filter((flag) => flag !== '--write' && flag !== '--')
  const command = ['npm run bench --', ...flags.map((flag) => flag.replace(/^\/.*\//, '…/'))]
  const head = `${date}, \`${command.join(' ')}\`, Node ${process.versions.node}.`
  const run = [head, ...told.map((text) => `Not in this run: ${text}`)]
  const whole = { ...parts, targets: [...run, parts.targets].join('\n\n') }
  print(`\n${Object.values(whole).filter(Boolean).join('\n\n')}`)
  if (!given.write) return
  const written = Object.entries(whole).map(([name, part]) => {
    return [name, part || 'Not measured in this run.']
  })
  writePage(Object.fromEntries(written), chart(targets, `Postern on ${date}: targets`))
}

async function run(): Promise<void> {
  const postgresUrl = await places.startPostgres()
  if (!postgresUrl) skip('Postern on PostgreSQL: none can be had here.')
  const one = await onSqlite('sqlite', 1)
  const [crowded, touched] = await withMany(postgresUrl)
  const wanted = works.filter(({ name }) => isWanted(name))
  const compared =
    wanted.length === 0
      ? []
      : [...(await rivals()), ...(await onPostgres(postgresUrl, 'postgres', 1))]
  const posterns = [one, ...crowded, ...compared]
  const contestants = [...posterns, ...(wanted.length === 0 ? [] : await others(postgresUrl))]
  const all = new Map<string, Rounds>()
  for (const work of wanted) {
    all.set(work.name, await contest(work, contestants, settings))
    process.stderr.write(`${work.name}\n`)
  }
  const search = isWanted('search') ? await measureSearch(crowded) : undefined
  const explained = isWanted('explain') ? await measureExplanations(one, settings) : undefined
  const costs = contestants.map(({ name, server }) => {
    return [name, server.memory().toFixed(0), server.startedIn.toFixed(0)]
  })
  const crowdedCosts = crowded.flatMap(costTargets)
  for (const { senders } of contestants) for (const { connection } of senders) connection.close()
  const trace = isWanted('trace off') ? await measureTraceOff(places) : undefined
  const tokens =
    manyTokens > 0 && isWanted('tokens')
      ? await measureTokens(places, postgresUrl, manyTokens, settings).catch(skipTokens)
      : []
  const { targets: ratios, missed } = compareTargets(all)
  const profile = await profileMissed(missed, places, postgresUrl, settings)
  const measured = [search, explained, trace].filter((each) => each !== undefined)
  const targets = [
    ...[...ratios, ...touched, ...crowdedCosts, ...tokens],
    ...measured.flatMap((each) => each.targets),
  ]
  const names = posterns.map(({ name }) => name)
  const onPage = new Map([...all].filter(([work]) => isCompared(work)))
  const ratiosOf = (shown: Map<string, Rounds>) =>
    [
      ratioTable(shown, ['sqlite'], ['node:http', 'bare', 'oidc-provider']),
      ratioTable(shown, names.slice(1), ['sqlite']),
      ratioTable(shown, ['postgres'], ['hydra'], true),
    ].filter(Boolean)
  const costTable = table([['server', 'MiB', 'start ms'], ...costs])
  const parts = {
    targets: targetTable(targets),
    ratios: [...ratiosOf(onPage), costTable].join('\n\n'),
    profile,
    explained: [explained?.text, trace?.text].filter(Boolean).join('\n\n'),
  }
  report(parts, targets)
  if (search && crowded.length > 0) print(`\n${search.text}`)
  if (all.size > 0) print(`\n${[...ratiosOf(all), figureTable(all)].join('\n\n')}`)
  if (given.write) print('\nWritten into docs/performance.md.')
}

try {
  await run()
} finally {
  await places.close()
}
