/** Checks of an installation that need no open store: Node, database, disk, files, settings. */
import { stat, statfs } from 'node:fs/promises'
import { type DatabaseFacts, inspectDatabase } from '../store/inspect.ts'
import type { Clock } from '../system/clock.ts'
import { error, type Finding, ok, sizeText, skipped, warning } from './finding.ts'

/** The oldest version of Node that gets fixes. */
const maintainedNode = 22

export function checkNode(version: string): Finding {
  const major = Number(/^v(\d+)/.exec(version)?.[1] ?? 0)
  if (major >= maintainedNode) return ok('node', `Node ${version}.`)
  return warning('node', {
    what: `Node ${version} gets no more fixes.`,
    why: 'Faults of the runtime, also those of security, stay.',
    mend: `Run Postern on Node ${maintainedNode} or later: the image does.`,
  })
}

/** Kubernetes sets POSTERN_PORT=tcp://… in pods beside a service named postern. */
export function checkServiceLinks(port: string | undefined): Finding {
  if (!port?.startsWith('tcp://')) return ok('service-links', 'POSTERN_PORT is no service link.')
  return error('service-links', {
    what: `POSTERN_PORT is ${port}: a service link of Kubernetes.`,
    why: 'It is no port number, so that Postern does not start.',
    mend: 'Set `enableServiceLinks: false` in the pod, or rename the service.',
  })
}

export interface Examined {
  findings: Finding[]
  facts?: DatabaseFacts | undefined
}

export async function checkDatabase(url: string, clock: Clock): Promise<Examined> {
  const before = clock()
  let facts: DatabaseFacts | undefined
  try {
    facts = await inspectDatabase(url)
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException
    const what = `The database cannot be used: ${message || code}.`
    const why = 'Postern does not start without it.'
    const mend = 'Check POSTERN_DATABASE_URL, and that the database accepts connections from here.'
    return { findings: [error('database', { what, why, mend })] }
  }
  if (!facts)
    return { findings: [skipped('database', 'There is none yet: the first start makes it.')] }
  return {
    facts,
    findings: [
      ok('database', `${facts.version} answers.`),
      migrationsOf(facts),
      durabilityOf(facts),
      clockOf(facts, (before + clock()) / 2),
      walOf(facts),
      replicationOf(facts),
    ],
  }
}

function migrationsOf({ isNewer, pending }: DatabaseFacts): Finding {
  if (isNewer) {
    return error('migrations', {
      what: 'A newer version of Postern has migrated the database.',
      why: 'This version cannot use it.',
      mend: 'Start the newer version, or restore the backup from before the upgrade.',
    })
  }
  if (pending === 0) return ok('migrations', 'The schema is current.')
  return warning('migrations', {
    what: `The database lacks ${pending} migrations.`,
    why: 'The next start applies them, and older versions cannot use the database after that.',
    mend: 'Make a backup (`postern backup`, `pg_dump`), then start Postern.',
  })
}

function durabilityOf({ isDurable }: DatabaseFacts): Finding {
  if (isDurable) return ok('durability', 'Commits are on disk before they are answered.')
  return error('durability', {
    what: 'synchronous_commit or fsync is off.',
    why: 'After a crash, revoked tokens are valid and used codes can be used again.',
    mend: 'alter system set synchronous_commit = on; alter system set fsync = on; select pg_reload_conf()',
  })
}

const fewMilliseconds = 2_000

function clockOf({ clock }: DatabaseFacts, now: number): Finding {
  if (clock === undefined) return ok('clock', 'The database has the clock of this machine.')
  const seconds = Math.abs(clock - now) / 1_000
  const what = `The clocks of this machine and of the database differ by ${seconds.toFixed(1)} s.`
  if (seconds * 1_000 < fewMilliseconds) return ok('clock', what)
  return warning('clock', {
    what,
    why: 'Expiry and single use are decided by the clock of each process.',
    mend: 'Synchronise both by NTP: `timedatectl set-ntp true`.',
  })
}

const longWal = 400_000_000

function walOf({ walBytes }: DatabaseFacts): Finding {
  if (walBytes === undefined) return skipped('wal', 'PostgreSQL keeps its log by itself.')
  const what = `The write-ahead log has ${sizeText(walBytes)}.`
  if (walBytes < longWal) return ok('wal', what)
  return warning('wal', {
    what,
    why: 'A reader keeps it from being worked into the database: it grows until the disk is full.',
    mend: 'End other programs that read the database, or restart Postern.',
  })
}

const longLag = 60_000

function replicationOf({ replicas, replicationLag }: DatabaseFacts): Finding {
  if (!replicas) return skipped('replication', 'The database has no replica.')
  if (replicationLag === undefined) {
    return ok('replication', `${replicas} replicas; the database tells of no lag.`)
  }
  const seconds = (replicationLag / 1_000).toFixed(1)
  const what = `The slowest of ${replicas} replicas is ${seconds} s behind.`
  if (replicationLag < longLag) return ok('replication', what)
  return warning('replication', {
    what,
    why: 'A failover loses so much: revoked tokens are valid and used codes can be used again.',
    mend: 'Look at the network and the disk of the replica: `select * from pg_stat_replication`.',
  })
}

const leastFree = 1_000_000_000

export async function checkDisk(directory: string): Promise<Finding> {
  const { bavail, bsize, blocks } = await statfs(directory)
  const free = bavail * bsize
  const share = blocks === 0 ? 1 : bavail / blocks
  const what = `${sizeText(free)} are free in ${directory}.`
  if (free >= leastFree && share >= 0.05) return ok('disk', what)
  return error('disk', {
    what,
    why: 'Commits fail with 503 when the disk is full.',
    mend: 'Make room, or move the database to a larger disk.',
  })
}

/** Files with secrets are their owner's alone. */
export async function checkModes(files: readonly string[]): Promise<Finding> {
  const open: string[] = []
  for (const file of files) {
    const mode = await stat(file).then(
      (found) => found.mode,
      () => 0,
    )
    if ((mode & 0o077) !== 0) open.push(file)
  }
  if (open.length === 0)
    return ok('file-modes', 'Files with secrets are readable by their owner only.')
  return error('file-modes', {
    what: `Others may read ${open.join(', ')}.`,
    why: 'They contain the master key, the token of the administrator, or the database.',
    mend: `chmod 600 ${open.join(' ')}`,
  })
}

/** `probeSeconds` is the interval of the load balancer's probe times its failures. */
export function checkDrain(drainSeconds: number, probeSeconds: number | undefined): Finding {
  if (probeSeconds === undefined) {
    return skipped('drain', 'Tell --probe-seconds: how long the load balancer needs to notice.')
  }
  const what = `POSTERN_DRAIN_SECONDS is ${drainSeconds}, and the probe needs ${probeSeconds} s.`
  if (drainSeconds > probeSeconds) return ok('drain', what)
  return warning('drain', {
    what,
    why: 'Requests arrive after the port is closed, and fail.',
    mend: `Set POSTERN_DRAIN_SECONDS=${probeSeconds + 1}.`,
  })
}
