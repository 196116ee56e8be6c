/** `postern service …` and `postern client …`: settings by the API. */
import type { Command } from 'commander'
import type { Json } from '../../remote/call.ts'
import type { Connection } from '../../remote/contexts.ts'
import type { Place } from '../../remote/documents.ts'
import type { Shown } from '../../remote/output.ts'
import { say } from '../outcome.ts'
import { connect, environment, type Options, show, withOutput, withService } from './options.ts'
import { addRevisionCommands } from './revisions.ts'

const services: Shown = { columns: ['apiKey', 'serviceName', 'issuer'], id: 'apiKey' }
const clients: Shown = {
  columns: ['clientId', 'clientName', 'clientType', 'locked'],
  id: 'clientId',
}

interface Created extends Options {
  file?: string
}
interface Listed extends Options {
  query?: string
  limit: string
}

const load = () => import('../../remote/documents.ts')

export function addThingCommands(program: Command): void {
  addServiceCommands(program.command('service').description('manage services'))
  addClientCommands(program.command('client').description('manage clients of a service'))
}

function addServiceCommands(service: Command): void {
  const named = ['[service]', 'the service: its apiKey, or its name'] as const
  withOutput(listing(service.command('list').description('list services'))).action(
    async (options: Listed) => {
      const { listed } = await load()
      const query = { query: options.query }
      const found = await listed(
        await connect(options),
        '/api/services',
        'services',
        query,
        Number(options.limit),
      )
      await show(found, options, services)
    },
  )
  withOutput(creating(service.command('create').description('create a service'))).action(
    async (words: string[], options: Created) => {
      const connection = await connect(options)
      const body = await settingsOf(words, options)
      const made = await call(connection, 'POST', '/api/service/create', body)
      await show(made, options, services)
    },
  )
  changing(service, named, services, async (connection, name) => {
    const { serviceId, servicePlace } = await load()
    return servicePlace(await serviceId(connection, name))
  })
  linting(service.command('lint').argument(...named), async (connection, name) => {
    const { serviceId } = await load()
    return `/api/${await serviceId(connection, name)}/service/lint`
  })
}

function addClientCommands(client: Command): void {
  const named = ['<client>', 'the client: its clientId, or its alias'] as const
  const ofService = async (connection: Connection) => {
    const { serviceId } = await load()
    return serviceId(connection)
  }
  withOutput(withService(listing(client.command('list').description('list clients')))).action(
    async (options: Listed) => {
      const connection = await connect(options)
      const { listed } = await load()
      const path = `/api/${await ofService(connection)}/clients`
      const query = { query: options.query }
      await show(
        await listed(connection, path, 'clients', query, Number(options.limit)),
        options,
        clients,
      )
    },
  )
  withOutput(withService(creating(client.command('create').description('create a client')))).action(
    async (words: string[], options: Created) => {
      const connection = await connect(options)
      const path = `/api/${await ofService(connection)}/client/create`
      await show(
        await call(connection, 'POST', path, await settingsOf(words, options)),
        options,
        clients,
      )
    },
  )
  changing(client, named, clients, async (connection, name) => {
    const { clientPlace } = await load()
    return clientPlace(await ofService(connection), name ?? '')
  })
  linting(
    client.command('lint').argument(...named),
    async (connection, name) =>
      `/api/${await ofService(connection)}/client/lint/${segment(name ?? '')}`,
  )
  withService(
    client
      .command('lock')
      .argument(...named)
      .option('--undo', 'unlock the client'),
  )
    .description('lock a client, so that it is refused everywhere')
    .action(async (name: string, options: Options & { undo?: boolean }) => {
      const connection = await connect(options)
      const path = `/api/${await ofService(connection)}/client/lock_flag/update/${segment(name)}`
      await call(connection, 'POST', path, { clientLocked: !options.undo })
      say(options.undo ? 'The client is unlocked.' : 'The client is locked.')
    })
  withService(client.command('rotate-secret').argument(...named))
    .description('give a client a new secret, which is printed')
    .action(async (name: string, options: Options) => {
      const connection = await connect(options)
      const path = `/api/${await ofService(connection)}/client/secret/refresh/${segment(name)}`
      say((await call(connection, 'GET', path)).newClientSecret)
    })
}

/** An alias may contain any character. */
const segment = (name: string) => encodeURIComponent(name)

type Find = (connection: Connection, name: string | undefined) => Promise<Place>

/** `get`, `set`, `edit` and `delete`. */
function changing(
  parent: Command,
  named: readonly [string, string],
  shown: Shown,
  find: Find,
): void {
  withOutput(withService(parent.command('get').argument(...named)))
    .description('print the settings')
    .action(async (name: string | undefined, options: Options) => {
      const connection = await connect(options)
      const { read } = await load()
      await show((await read(connection, await find(connection, name))).body, options, shown)
    })
  withService(parent.command('set').argument('<name>', named[1]))
    .argument('<settings...>', 'name=value, where value is JSON or text; empty: the default')
    .description('change settings')
    .action(async (name: string, words: string[], options: Options) => {
      const connection = await connect(options)
      const { assignments, change } = await load()
      await change(connection, await find(connection, name), assignments(words))
      say(`Changed ${words.map((word) => word.split('=')[0]).join(', ')}.`)
    })
  withService(parent.command('edit').argument(...named))
    .description('change settings in $EDITOR, as YAML without defaults and secrets')
    .action(async (name: string | undefined, options: Options) => {
      const connection = await connect(options)
      const { edit } = await import('../../remote/edit.ts')
      say(await edit(connection, await find(connection, name), environment()))
    })
  addRevisionCommands(parent, named, find)
  withService(parent.command('delete').argument('<name>', named[1]))
    .requiredOption('--yes', 'delete it, with all its tokens')
    .description('delete it')
    .action(async (name: string, options: Options) => {
      const connection = await connect(options)
      await call(connection, 'DELETE', (await find(connection, name)).delete)
      say('Deleted.')
    })
}

function linting(
  command: Command,
  pathOf: (connection: Connection, name: string | undefined) => Promise<string>,
): void {
  withOutput(withService(command))
    .option('--profile <names...>', 'the profiles to check; without, all')
    .description('compare the settings with security profiles; exit code 1 if one is broken')
    .action(async (name: string | undefined, options: Options & { profile?: string[] }) => {
      const connection = await connect(options)
      const body = options.profile ? { profiles: options.profile } : {}
      const report = await call(connection, 'POST', await pathOf(connection, name), body)
      await show(report.findings, options, {
        columns: ['code', 'level', 'path', 'says'],
        id: 'code',
      })
      const broken = Object.entries(report.conforms).filter(([, conforms]) => conforms === false)
      if (options.profile && broken.length > 0) process.exitCode = 1
    })
}

const listing = (command: Command): Command =>
  command
    .option('--query <text>', 'the beginning of a name, an issuer or an ID')
    .option('--limit <number>', 'how many to list', '50')

const creating = (command: Command): Command =>
  command
    .argument('[settings...]', 'name=value, where value is JSON or text')
    .option('--file <path>', 'settings in JSON or YAML; - reads standard input')

async function settingsOf(words: string[], { file }: Created): Promise<Json> {
  const { assignments, documentIn } = await load()
  return { ...(file === undefined ? {} : await documentIn(file)), ...assignments(words) }
}

async function call(connection: Connection, method: string, path: string, body?: Json) {
  const { ask } = await import('../../remote/call.ts')
  return ask(connection, { method, path, body })
}
