/** `postern record`: a proxy that writes the steps of flows into a file, without credentials. */
import { sideAt } from '../shadow/calls.ts'
import { createMemory, type Memory } from '../shadow/memory.ts'
import { operationOf } from '../shadow/operations.ts'
import { createProxy } from '../shadow/proxy.ts'
import { answerOf, type Reply, textOfReply } from '../shadow/replies.ts'
import { createReport, type Summary } from '../shadow/report.ts'
import type { Second } from '../shadow/second.ts'
import { closed, listening } from '../shadow/shadow.ts'
import { translate } from '../shadow/translate.ts'
import { type RecordedAnswer, type RecordedCall, recordingVersion } from './lines.ts'
import { credentialsOf, replaced, standInFor } from './stand-in.ts'

export interface RecordOptions {
  readonly primary: { readonly url: string; readonly token: string }
  readonly host: string
  readonly port: number
  /** Gets each line of the recording. */
  write(line: string): void
  /** Milliseconds since the epoch. */
  now(): number
}

export interface Recording {
  /** Where frontends call. */
  readonly url: string
  /** Takes no further calls, and resolves once those that came in were recorded. */
  close(): Promise<Summary>
}

export async function startRecording(options: RecordOptions): Promise<Recording> {
  const { primary, host, port, write, now } = options
  const side = sideAt(primary.url)
  const report = createReport(() => {}, now)
  write(JSON.stringify({ recording: recordingVersion, at: now() }))
  const second = createRecorder({ write, now, skipped: report.skipped })
  const proxy = createProxy({ primary: side, token: primary.token, second, report })
  return {
    url: await listening(proxy, host, port),
    async close() {
      await closed(proxy)
      side.close()
      return report.summary()
    },
  }
}

/** Fields that mean something to each server; never that of the API token. */
const keptOfCalls = [
  ...['content-type', 'accept', 'prefer', 'idempotency-key', 'if-match', 'if-none-match'],
]
const keptOfAnswers = ['content-type', 'location', 'www-authenticate']

function kept(names: readonly string[], headers: Reply['headers']): Record<string, string> {
  const found = names.map((name) => [name, headers[name]] as const)
  return Object.fromEntries(
    found.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  )
}

interface Parts extends Pick<RecordOptions, 'write' | 'now'> {
  skipped(why: 'not a step of a flow' | 'not readable'): void
}

/** In place of a second server: it writes what that would be sent, and what it should answer. */
export function createRecorder({ write, now, skipped }: Parts): Second {
  const memory = createMemory({ services: new Map(), clients: new Map() })
  let calls = 0
  return {
    take(request) {
      const { isStep, createsClient } = operationOf(request.method, request.path)
      if (!isStep && !createsClient) {
        skipped('not a step of a flow')
        return () => {}
      }
      if (!isText(request.body)) {
        skipped('not readable')
        return () => {}
      }
      calls += 1
      const call = calls
      const { path, body, isBound } = translate(request, memory)
      const { method } = request
      const line: RecordedCall = {
        call,
        at: now(),
        method,
        path,
        headers: kept(keptOfCalls, request.headers),
        ...(body === undefined ? {} : { body }),
        ...(isBound ? { isBound } : {}),
      }
      write(JSON.stringify(line))
      return (reply) => write(JSON.stringify(answered(call, reply, memory)))
    },
    idle: () => Promise.resolve(),
  }
}

const isText = (body: Buffer): boolean => Buffer.from(body.toString()).equals(body)

function answered(call: number, reply: Reply | undefined, memory: Memory): RecordedAnswer {
  const text = reply && textOfReply(reply)
  if (reply === undefined || text === undefined) return { answerOf: call }
  const standIns = new Map<string, string>()
  for (const value of credentialsOf(answerOf(reply))) {
    const standIn = memory.get(value)?.secondary ?? standInFor(value)
    memory.set(value, { flow: call, secondary: standIn })
    standIns.set(value, standIn)
  }
  const headers = Object.entries(kept(keptOfAnswers, reply.headers))
  return {
    answerOf: call,
    status: reply.status,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, replaced(value, standIns)])),
    body: replaced(text, standIns),
  }
}
