/** Refused calls as server-sent events, while they happen. */
import type { RefusalQuery, Refusals, RefusedCall } from '../../model/request/refused-call.ts'
import { HttpResponse } from '../response.ts'

/** Events that wait for a slow reader; further ones are only counted. */
const mostWaiting = 256
/** A reader begins again after that, so that a stream without end does not keep a session alive. */
const longestMilliseconds = 600_000

interface Following {
  refusals: Refusals
  serviceId: number
  query: RefusalQuery
  /** Whether the caller may still read. */
  mayStill: () => Promise<boolean>
  /** Gives the place of the stream back. */
  done: () => void
}

const headers = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
}
const encoder = new TextEncoder()
const event = (name: string, data: unknown, id?: number) =>
  encoder.encode(
    `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`,
  )

/** First what is remembered, then each refused call as it happens. */
export function refusalStream(following: Following): HttpResponse {
  const { refusals, serviceId, query, mayStill, done } = following
  let end: () => void = () => {}
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let missed = 0
        let beats = 0
        const send = (bytes: Uint8Array) => controller.enqueue(bytes)
        const tell = (call: RefusedCall) => {
          if (!isWanted(call, query)) return
          if ((controller.desiredSize ?? 0) <= 0) {
            missed += 1
            return
          }
          if (missed > 0) send(event('missed', { count: missed }))
          missed = 0
          send(event('refusal', call, call.seq))
        }
        const unfollow = refusals.follow(serviceId, tell)
        const beat = setInterval(async () => {
          beats += 1
          const isOver = beats * refusals.beatMilliseconds >= longestMilliseconds
          if (isOver || !(await mayStill().catch(() => false))) close()
          else if ((controller.desiredSize ?? 0) > 0) send(encoder.encode(': alive\n\n'))
        }, refusals.beatMilliseconds)
        beat.unref()
        end = once(() => {
          clearInterval(beat)
          unfollow()
          refusals.closing.removeEventListener('abort', close)
          done()
        })
        const closing = once(() => controller.close())
        function close() {
          end()
          closing()
        }
        refusals.closing.addEventListener('abort', close)
        send(encoder.encode(': open\n\n'))
        const { refusals: past, next } = refusals.list(serviceId, query)
        for (const call of past) send(event('refusal', call, call.seq))
        send(event('current', { next }))
      },
      cancel: () => end(),
    },
    { highWaterMark: mostWaiting + query.limit },
  )
  return new HttpResponse(200, headers, body)
}

const isWanted = (call: RefusedCall, { code, clientId }: RefusalQuery) =>
  (code === undefined || call.code === code) &&
  (clientId === undefined || call.clientId === clientId)

function once(work: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    work()
  }
}
