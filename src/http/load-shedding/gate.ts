/**
 * Refuses calls under overload before they are processed. This costs a fraction of a call, so that
 * even a flood leaves time for the admitted calls.
 */
import type { RequestListener } from 'node:http'
import type { Log } from '../../system/log.ts'
import { type Call, overloaded } from '../transport.ts'
import type { Admission } from './admission.ts'

const noticeMilliseconds = 1_000

interface Observers {
  observe: (call: Call) => void
  log: Log
}

/** Wraps the listener of the application, which never sees refused calls. */
export function createGate(admission: Admission, { observe, log }: Observers) {
  const { status, headers: fields } = overloaded.answer
  const body = String(overloaded.answer.body)
  const headers = { ...fields, 'Content-Length': Buffer.byteLength(body) }
  const call: Call = {
    operation: undefined,
    action: undefined,
    resultCode: overloaded.code,
    status,
    milliseconds: 0,
    ignored: 0,
  }
  let refused = 0

  /** Logs once per second, because a line for each refusal would add to the overload. */
  function note(): void {
    refused += 1
    if (refused > 1) return
    setTimeout(() => {
      log.warn({ refused }, 'calls were refused because of overload')
      refused = 0
    }, noticeMilliseconds).unref()
  }

  return (listener: RequestListener): RequestListener =>
    (request, answer) => {
      // Health probes and documents are served even under overload.
      const { url = '' } = request
      const isCall = /^\/api\/\d/.test(url)
      if (!isCall || !admission.isFull(url)) return listener(request, answer)
      answer.writeHead(status, headers).end(body)
      observe(call)
      return note()
    }
}
