/** Examines the installation of a process while it runs. */
import { join } from 'node:path'
import { type Finding, ok, skipped } from '../../doctor/finding.ts'
import {
  checkDatabase,
  checkDisk,
  checkDrain,
  checkModes,
  checkNode,
  checkServiceLinks,
  type Examined,
} from '../../doctor/installation.ts'
import { checkStored } from '../../doctor/stored.ts'
import type { Examine } from '../../model/installation/examination.ts'
import type { Store } from '../../store/store.ts'
import type { Clock } from '../../system/clock.ts'
import { type Config, databaseFile, givenPort } from '../config.ts'
import { directoryOf } from '../master-keys.ts'

interface Parts {
  store: Store
  clock: Clock
  /** Without it, only what is stored is examined. */
  config?: Config | undefined
}

/** The checks of the environment and the variables, which are valid. */
export const checkSettings = ({ drainSeconds }: Config, probeSeconds?: number): Finding[] => [
  checkNode(process.version),
  checkServiceLinks(givenPort()),
  ok('configuration', 'The variables are valid.'),
  checkDrain(drainSeconds, probeSeconds),
]

/** The checks of the database and of the files beside it. */
export async function checkInstallation(config: Config, clock: Clock): Promise<Examined> {
  if (config.databaseUrl === ':memory:') {
    return { findings: [skipped('database', 'It is in memory.')] }
  }
  const { findings, facts } = await checkDatabase(config.databaseUrl, clock)
  return { findings: [...findings, ...(await checkFiles(config, facts !== undefined))], facts }
}

async function checkFiles(config: Config, exists: boolean): Promise<Finding[]> {
  const directory = directoryOf(config)
  if (!directory || !exists) return []
  const file = databaseFile(config.databaseUrl)
  const files = ['master.key', 'master.key.previous', 'admin.token'].map((name) =>
    join(directory, name),
  )
  return [
    ...(file ? [await checkDisk(directory)] : []),
    await checkModes(file ? [...files, file, `${file}-wal`] : files),
  ]
}

export const createExamine =
  ({ store, clock, config }: Parts): Examine =>
  async (probeSeconds) => {
    const settings = config ? checkSettings(config, probeSeconds) : [checkNode(process.version)]
    const { findings, facts }: Examined = config
      ? await checkInstallation(config, clock)
      : { findings: [] }
    const { auditDays, usageDays, testServices = false } = config ?? {}
    const kept = { auditDays, usageDays }
    const stored = await checkStored(store, clock(), { kept, testServices })
    const key = ok('master-key', 'The master key fits the database.')
    return {
      findings: [...settings, ...findings, key, ...stored],
      databaseBytes: facts?.bytes,
      replicas: facts?.replicas,
      replicationLagMilliseconds: facts?.replicationLag,
      sweepLagMilliseconds: Math.round(await store.sweepLag(clock(), kept)),
      sweepDue: (await store.sweepDue(clock(), kept)).filter(({ rows }) => rows > 0),
    }
  }
