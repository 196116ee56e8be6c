/** `postern login`, `logout`, `context` and `whoami`: which Postern the commands call. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { say } from '../outcome.ts'
import { connect, environment, type Options, show, withOutput } from './options.ts'

interface Login {
  url: string
  name: string
  service?: string
  tokenFile?: string
}

export function addAccessCommands(program: Command): void {
  program
    .command('login')
    .description('remember a Postern and an API token, which is read from standard input')
    .option('--url <url>', 'where Postern is served', 'http://127.0.0.1:7678')
    .option('--name <name>', 'the name of the context', 'default')
    .option('--service <service>', 'the service of commands that name none')
    .option('--token-file <path>', 'a file with the API token')
    .action(login)
  program
    .command('logout')
    .description('forget a context, with its API token')
    .option('--name <name>', 'the context; without, the current one')
    .action(logout)
  const context = program.command('context').description('list and choose contexts')
  context.command('list').description('list the contexts, the current one marked').action(list)
  context
    .command('use')
    .description('make a context the current one')
    .argument('<name>', 'the context')
    .action(use)
  withOutput(program.command('whoami').description('tell what the API token may do')).action(whoami)
}

const load = () => import('../../remote/contexts.ts')

async function login({ url, name, service, tokenFile }: Login): Promise<void> {
  const { contextsFile, readContexts, writeContexts } = await load()
  const { ask } = await import('../../remote/call.ts')
  const { standardInput } = await import('../../remote/documents.ts')
  if (tokenFile === undefined && process.stdin.isTTY) {
    process.stderr.write('API token, then Control-D:\n')
  }
  const text = tokenFile === undefined ? await standardInput() : readFileSync(tokenFile, 'utf8')
  const connection = { url: url.replace(/\/+$/, ''), token: text.trim(), service }
  const self = await ask(connection, { method: 'GET', path: '/api/self' })
  const file = contextsFile(environment())
  const { contexts } = readContexts(file)
  writeContexts(file, { current: name, contexts: { ...contexts, [name]: connection } })
  say(`Logged in at ${connection.url} with ${self.rights.join(', ')}.`)
}

async function logout({ name }: { name?: string }): Promise<void> {
  const { contextsFile, readContexts, writeContexts } = await load()
  const file = contextsFile(environment())
  const { current, contexts } = readContexts(file)
  const gone = name ?? current
  const kept = Object.entries(contexts).filter(([each]) => each !== gone)
  const left = current === gone ? undefined : current
  writeContexts(file, { current: left, contexts: Object.fromEntries(kept) })
  say(gone === undefined ? 'There was no context.' : `Forgot ${gone}.`)
}

async function list(): Promise<void> {
  const { contextsFile, readContexts } = await load()
  const { current, contexts } = readContexts(contextsFile(environment()))
  for (const [name, { url, service }] of Object.entries(contexts)) {
    say([name === current ? '*' : ' ', name, url, service ?? ''].join(' ').trimEnd())
  }
}

async function use(name: string): Promise<void> {
  const { contextsFile, readContexts, writeContexts } = await load()
  const { RemoteError } = await import('../../remote/failure.ts')
  const file = contextsFile(environment())
  const { contexts } = readContexts(file)
  if (!Object.hasOwn(contexts, name)) throw new RemoteError('notFound', `No context is ${name}.`)
  writeContexts(file, { current: name, contexts })
  say(`The commands call ${contexts[name]?.url} now.`)
}

async function whoami(options: Options): Promise<void> {
  const { ask } = await import('../../remote/call.ts')
  const self = await ask(await connect(options), { method: 'GET', path: '/api/self' })
  await show(self, options, {
    columns: ['label', 'rights', 'serviceId', 'clientId'],
    id: 'tokenId',
  })
}
