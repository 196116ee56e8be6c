/** `postern explain` and `postern logs`: why requests are refused. */
import { ask, type Json, send } from './call.ts'
import type { Connection } from './contexts.ts'
import { kindOf, RemoteError } from './failure.ts'

/** Runs a request dry: an HTTP request, a curl command, a URL, or a form. */
export const explain = (connection: Connection, service: string, http: string): Promise<Json> =>
  ask(connection, { method: 'POST', path: `/api/${service}/explain`, body: { http } })

/** Whether a dry run would be refused. */
export const isRefused = ({ outcome, explanation }: Json): boolean =>
  explanation?.refusedBy !== undefined || outcome.status >= 400

/** A dry run as lines for people: the refusing rule first. */
export function explanationLines({ operation, outcome, explanation, issued }: Json): string[] {
  const { refusedBy: by, trace = [], notReached = [] } = explanation ?? {}
  const { action, resultMessage, status } = outcome
  const head = `${operation}: ${action ?? `HTTP ${status}`}`
  const steps = trace.map(
    ({ step, refused, passed = [] }: Json) =>
      `  ${refused ? '✗' : '✓'} ${step}${refused ? `: ${refused}` : ''}` +
      `${passed.length > 0 ? ` (${passed.length} rules passed)` : ''}`,
  )
  const rest = notReached.map((step: string) => `  · ${step}: not reached`)
  if (!by) {
    const obtained = Object.entries(issued?.members ?? {}).map(
      ([name, value]) => `  ${name}: ${text(value)}`,
    )
    return [head, clean(resultMessage ?? ''), ...obtained, '', ...steps]
  }
  const evidence = Object.entries(by.evidence ?? {}).map(
    ([name, value]) => `  ${name.padEnd(9)} ${text(value)}`,
  )
  const cited = [by.code, by.error, by.spec].filter(Boolean).join(', ')
  return [
    `${head}, refused by ${cited}`,
    clean(by.says),
    ...evidence,
    ...(by.fix ? ['', `Fix: ${clean(by.fix)}`] : []),
    ...changeLines(by.change),
    '',
    ...steps,
    ...rest,
  ]
}

function changeLines(change: Json): string[] {
  if (!change) return []
  const words = Object.entries(change.patch).map(
    ([name, value]) => `${name}='${JSON.stringify(value)}'`,
  )
  const named = change.of === 'client' ? ` ${change.clientId}` : ' <service>'
  const warning = change.weakens ? ' (this lifts a protection)' : ''
  return [
    `Or change the ${change.of}${warning}:`,
    `  postern ${change.of} set${named} ${words.join(' ')}`,
  ]
}

const text = (value: unknown): string =>
  clean(typeof value === 'string' ? value : JSON.stringify(value))
/** Control characters would move the cursor of a terminal. */
const clean = (value: string): string => value.replace(/\p{Cc}/gu, '?')

interface Selection {
  limit: number
  code?: string | undefined
  client?: string | undefined
}

const pathOf = (service: string, { limit, code, client }: Selection, after?: number) => {
  const query = new URLSearchParams({ limit: String(limit) })
  if (code) query.set('code', code)
  if (client) query.set('clientId', client)
  if (after !== undefined) query.set('after', String(after))
  return `/api/${service}/refusals?${query}`
}

/** The last refused calls, the oldest first. */
export const refusedCalls = async (
  connection: Connection,
  service: string,
  selection: Selection,
): Promise<Json[]> =>
  (await ask(connection, { method: 'GET', path: pathOf(service, selection) })).refusals

const pauseMilliseconds = 1_000

/** Tells of the last refused calls, and of each further one, until the process ends. */
export async function followRefusals(
  connection: Connection,
  service: string,
  selection: Selection,
  tell: (call: Json) => void,
): Promise<never> {
  let after: number | undefined
  for (;;) {
    const path = pathOf(service, selection, after)
    for await (const { event, data } of eventsOf(connection, path)) {
      if (event === 'refusal') tell(data)
      after = data?.seq ?? data?.next ?? after
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds))
  }
}

/** The server-sent events of a stream until it ends. */
async function* eventsOf(connection: Connection, path: string) {
  const response = await fetch(`${connection.url}${path}`, {
    headers: { authorization: `Bearer ${connection.token}`, accept: 'text/event-stream' },
  }).catch(() => undefined)
  if (!response) {
    // The reason is told by the call that follows.
    const { status } = await send(connection, { method: 'GET', path })
    throw new RemoteError(kindOf(status), `The stream cannot be opened: HTTP status ${status}`)
  }
  if (!response.ok || !response.body) {
    const body = (await response.json().catch(() => undefined)) as Json
    throw new RemoteError(
      kindOf(response.status),
      String(body?.resultMessage ?? `HTTP status ${response.status}`),
    )
  }
  let rest = ''
  try {
    for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
      const messages = `${rest}${part}`.split('\n\n')
      rest = messages.pop() ?? ''
      for (const message of messages) {
        const [, event] = /^event: (.*)$/m.exec(message) ?? []
        const [, data] = /^data: (.*)$/m.exec(message) ?? []
        if (event && data) yield { event, data: JSON.parse(data) as Json }
      }
    }
  } catch {
    // The connection was lost: the next one continues.
  }
}
