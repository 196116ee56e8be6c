/** `postern api` makes a call, `postern try` does a whole flow. */
import type { Command } from 'commander'
import type { FlowName } from '../../remote/try/flows.ts'
import { say } from '../outcome.ts'
import { connect, type Options, withService } from './options.ts'

interface Trial extends Options {
  asFrontend?: boolean
  subject: string
  verbose?: boolean
}

export function addWorkCommands(program: Command): void {
  program
    .command('api')
    .description('call any operation; {serviceId} in the path is the service')
    .argument('<method>', 'the HTTP method')
    .argument('<path>', 'the path, such as /api/{serviceId}/service/get')
    .option('-d, --data <json>', 'the body: JSON, @file, or - for standard input')
    .option('-H, --header <field...>', 'a header field, such as "Prefer: explain"')
    .option('--service <service>', 'the service: its apiKey, or its name')
    .action(callApi)
  withService(program.command('try'))
    .description('do a whole flow with a new client, which is deleted at the end')
    .argument('<flow>', 'code, refresh or client-credentials')
    .option('--as-frontend', 'play the frontend too, so that no page is needed')
    .option('--subject <subject>', 'the user who logs in, with --as-frontend', 'alice')
    .option('-v, --verbose', 'print what each step shows')
    .action(tryOne)
}

interface Raw extends Options {
  data?: string
  header?: string[]
}

async function callApi(method: string, path: string, options: Raw): Promise<void> {
  const [{ send }, { serviceId, standardInput }, { kindOf, RemoteError }, { readFile }] =
    await Promise.all([
      import('../../remote/call.ts'),
      import('../../remote/documents.ts'),
      import('../../remote/failure.ts'),
      import('node:fs/promises'),
    ])
  const connection = await connect(options)
  const { data, header = [] } = options
  const headers = Object.fromEntries(
    header.map((field) => {
      const at = field.indexOf(':')
      return [field.slice(0, at), field.slice(at + 1).trim()]
    }),
  )
  const bodyOf = (text: string) =>
    text === '-'
      ? standardInput()
      : text.startsWith('@')
        ? readFile(text.slice(1), 'utf8')
        : Promise.resolve(text)
  const asked = path.includes('{serviceId}')
    ? path.replaceAll('{serviceId}', await serviceId(connection))
    : path
  const reply = await send(connection, {
    method,
    path: asked,
    body: data === undefined ? undefined : await bodyOf(data),
    headers,
  })
  if (reply.text !== '') say(reply.text)
  if (reply.status >= 400) {
    throw new RemoteError(kindOf(reply.status), `HTTP status ${reply.status}`)
  }
}

async function tryOne(flow: string, options: Trial): Promise<void> {
  const { flowNames, tryFlow } = await import('../../remote/try/flows.ts')
  const { RemoteError } = await import('../../remote/failure.ts')
  const { serviceId } = await import('../../remote/documents.ts')
  if (!flowNames.some((name) => name === flow)) {
    throw new RemoteError('usage', `The flow is one of ${flowNames.join(', ')}.`)
  }
  const connection = await connect(options)
  await tryFlow(connection, {
    flow: flow as FlowName,
    service: await serviceId(connection),
    subject: options.asFrontend ? options.subject : undefined,
    tell: (step, detail) => {
      const isShown = options.verbose || step.startsWith('open ')
      say(detail && isShown ? `${step}: ${detail.url ?? JSON.stringify(detail)}` : step)
    },
  })
}
