/** `revisions` and `rollback` of services and clients. */
import type { Command } from 'commander'
import type { Json } from '../../remote/call.ts'
import type { Connection } from '../../remote/contexts.ts'
import { say } from '../outcome.ts'
import { connect, type Options, show, withOutput, withService } from './options.ts'

type Find = (connection: Connection, name: string | undefined) => Promise<{ patch: string }>

interface Listed extends Options {
  limit: string
  diff?: string[]
}
interface Rollback extends Options {
  to?: string
  reason?: string
  dryRun?: boolean
}

export function addRevisionCommands(
  parent: Command,
  named: readonly [string, string],
  find: Find,
): void {
  withOutput(withService(parent.command('revisions').argument(...named)))
    .description('list who changed the settings, when and why')
    .option('--limit <number>', 'how many to list', '20')
    .option('--diff <revisions...>', 'what changed from one revision to another')
    .action(async (name: string | undefined, options: Listed) => {
      const connection = await connect(options)
      const { patch } = await find(connection, name)
      const [from, to] = options.diff ?? []
      if (from !== undefined) {
        const changes = await changesOf(connection, patch, from, to)
        await show(changes, options, { columns: ['path', 'before', 'after'], id: 'path' })
        return
      }
      const path = `${patch}/revisions?limit=${encodeURIComponent(options.limit)}`
      const { revisions } = await call(connection, 'GET', path)
      await show(revisions.map(withTime), options, { columns, id: 'revision' })
    })
  withService(parent.command('rollback').argument(...named))
    .description('bring back earlier settings; secrets and keys stay as they are')
    .option('--to <revision>', 'the revision; without, the one before the newest')
    .option('--reason <text>', 'why, for the audit log')
    .option('--dry-run', 'only show what would change')
    .action(async (name: string | undefined, options: Rollback) => {
      const connection = await connect(options)
      const { patch } = await find(connection, name)
      const { revisions } = await call(connection, 'GET', `${patch}/revisions?limit=2`)
      const [newest, former] = revisions.map(({ revision }: Json) => String(revision))
      const to = options.to ?? former
      if (to === undefined) return say('There is no earlier revision.')
      const changes = await changesOf(connection, patch, newest, to)
      for (const { path, before, after } of changes) {
        say(`${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`)
      }
      if (options.dryRun) return undefined
      await call(connection, 'POST', `${patch}/revisions/${to}/restore`, {
        'if-match': `"${newest}"`,
        ...(options.reason ? { 'postern-reason': latin1(options.reason) } : {}),
      })
      return say(`Revision ${to} is restored.`)
    })
}

const columns = ['revision', 'at', 'operation', 'actor', 'onBehalfOf', 'reason']

const withTime = ({ at, actor, ...rest }: Json): Json => ({
  ...rest,
  at: new Date(at).toISOString(),
  actor: actor?.label ?? actor?.id ?? actor?.kind,
})

/** Header fields are bytes: the text is sent as UTF-8. */
const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

async function changesOf(
  connection: Connection,
  place: string,
  from: string | undefined,
  to: string | undefined,
): Promise<Json[]> {
  const wanted = to ?? (await call(connection, 'GET', `${place}/revisions?limit=1`)).revisions[0]
  const revision = typeof wanted === 'string' ? wanted : wanted.revision
  const path = `${place}/revisions/${encodeURIComponent(revision)}`
  const query = `diff=${encodeURIComponent(from ?? '')}`
  return (await call(connection, 'GET', `${path}?${query}`)).changes
}

async function call(
  connection: Connection,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<Json> {
  const { ask } = await import('../../remote/call.ts')
  return ask(connection, { method, path, headers })
}
