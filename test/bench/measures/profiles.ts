/** Why a target is missed: what the main thread of Postern does during its work. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { enter, type Settings } from '../contest.ts'
import { measure } from '../load.ts'
import { categoryNames, sharesOf } from '../page/profile.ts'
import type { Places } from '../places.ts'
import { table } from '../report.ts'
import { seed } from '../seed.ts'
import { launchPostern } from '../servers.ts'
import type { Missed } from '../targets.ts'
import { works } from '../work.ts'

async function profileOf(
  { work: name, server: kind }: Missed,
  databaseUrl: string,
  { connections, seconds, warmUpSeconds }: Settings,
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-profile-'))
  const seeded = await seed(databaseUrl, 1)
  const server = await launchPostern(databaseUrl, 'dist/main.js', folder)
  const contestant = enter({ name, kind: 'postern', server, seeded }, connections)
  const cycle = works.find((each) => each.name === name)?.postern(seeded)
  if (!cycle) throw new Error(`There is no work ${name}.`)
  const load = { connections, processorTime: server.processorTime }
  await measure(contestant.senders, cycle, { ...load, seconds: warmUpSeconds })
  await measure(contestant.senders, cycle, { ...load, seconds: 2 * seconds })
  for (const { connection } of contestant.senders) connection.close()
  await server.stop()
  const shares = sharesOf(folder, server.startedIn + warmUpSeconds * 1_000)
  rmSync(folder, { recursive: true, force: true })
  const percent = categoryNames.map((each) => `${((shares.get(each) ?? 0) * 100).toFixed(0)} %`)
  return [name, kind, ...percent]
}

/** A row for each work and server that missed a target. */
export async function profileMissed(
  missed: Missed[],
  places: Places,
  postgresUrl: string | undefined,
  settings: Settings,
): Promise<string> {
  const rows: string[][] = []
  const names = new Set<string>()
  for (const each of missed) {
    const name = `profile ${each.work} ${each.server}`
    if (names.has(name)) continue
    names.add(name)
    const onPostgres = each.server === 'postgres' && postgresUrl
    const url = onPostgres ? await places.postgres(postgresUrl, name) : places.sqlite(name)
    rows.push(await profileOf(each, url, settings))
    process.stderr.write(`${name}\n`)
  }
  return rows.length === 0 ? '' : table([['work', 'server', ...categoryNames], ...rows])
}
