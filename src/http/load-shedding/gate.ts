/**
 * Refuses calls of an overloaded process before anything is made of them: that costs a fraction of
 * a call, so that even a flood leaves time for those which are under way.
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

/** Stands before the application's listener; what it refuses, that one never sees. */
export function createGate(admission: Admission, { observe, log }: Observers) {
  const { status, headers: fields, body } = overloaded.answer
  const headers = { ...fields, 'Content-Length': Buffer.byteLength(body ?? '') }
  const call: Call = {
    operation: undefined,
    action: undefined,
    resultCode: overloaded.code,
    status,
    milliseconds: 0,
    ignored: 0,
  }
  let refused = 0

  /** A line for each would itself be part of the overload. */
  function note(): void {
    refused += 1
    if (refused > 1) return
    setTimeout(() => {
      log.warn({ refused }, 'calls were refused: too many are under way')
      refused = 0
    }, noticeMilliseconds).unref()
  }

  return (listener: RequestListener): RequestListener =>
    (request, answer) => {
      // Health and documents are answered however many calls there are.
      const { url = '' } = request
      const isCall = /^\/api\/\d/.test(url)
      if (!isCall || !admission.isFull(url)) return listener(request, answer)
      answer.writeHead(status, headers).end(body)
      observe(call)
      return note()
    }
}
