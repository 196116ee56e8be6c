/** Refused calls as they happen. */
import { useEffect, useState } from 'react'
import { ApiError, withQuery } from '../../app/api.ts'
import { eventsOf } from '../../app/stream.ts'
import type { Evidence } from '../explorer/dry-run.ts'

export interface RefusedCall {
  seq: number
  at: number
  requestId: string
  operation: string
  code: string
  rule: string
  error?: string
  spec?: string
  says: string
  clientId?: number
  clientName?: string
  evidence?: Evidence
  parameters?: Record<string, string | { present: boolean; length?: number }>
}

const mostKept = 500
const pauseMilliseconds = 2_000

interface Live {
  calls: readonly RefusedCall[]
  isOpen: boolean
  missed: number
  error: unknown
}

const nothing: Live = { calls: [], isOpen: false, missed: 0, error: undefined }

/** The newest come first. A stream that ends is opened again where it ended. */
export function useRefusals(serviceId: string, isPaused: boolean): Live & { retry: () => void } {
  const [live, setLive] = useState<Live>(nothing)
  const [attempt, setAttempt] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt opens another stream
  useEffect(() => {
    if (isPaused) return
    const ending = new AbortController()
    const take = (change: (before: Live) => Live) => ending.signal.aborted || setLive(change)
    void follow(serviceId, ending.signal, take)
    return () => {
      ending.abort()
      setLive((before) => ({ ...before, isOpen: false }))
    }
  }, [serviceId, isPaused, attempt])
  return { ...live, retry: () => setAttempt(attempt + 1) }
}

async function follow(
  serviceId: string,
  signal: AbortSignal,
  take: (change: (before: Live) => Live) => void,
): Promise<void> {
  let after: number | undefined
  while (!signal.aborted) {
    const path = withQuery(`/api/${serviceId}/refusals`, { after, limit: mostKept })
    try {
      for await (const { event, data } of eventsOf(path, signal)) {
        const { seq, next, count } = data as { seq?: number; next?: number; count?: number }
        after = seq ?? next ?? after
        if (event === 'refusal') take((before) => withCall(before, data as RefusedCall))
        if (event === 'current') take((before) => ({ ...before, isOpen: true, error: undefined }))
        if (event === 'missed')
          take((before) => ({ ...before, missed: before.missed + (count ?? 0) }))
      }
      take((before) => ({ ...before, isOpen: false }))
    } catch (error) {
      take((before) => ({ ...before, isOpen: false, error }))
      if (error instanceof ApiError && error.status !== 0) return
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds))
  }
}

function withCall(before: Live, call: RefusedCall): Live {
  if (before.calls.some(({ seq }) => seq === call.seq)) return before
  const calls = [call, ...before.calls].sort((a, b) => b.seq - a.seq).slice(0, mostKept)
  return { ...before, calls }
}

/** Whether the text is in what names the call. */
export function matches(call: RefusedCall, text: string): boolean {
  const { code, operation, clientId, clientName, requestId, says, error } = call
  const words = [code, operation, clientId, clientName, requestId, says, error].join(' ')
  return words.toLowerCase().includes(text.trim().toLowerCase())
}

export interface Group {
  code: string
  says: string
  count: number
  at: number
}

/** Refused calls by their code, the most frequent first. */
export function byCode(calls: readonly RefusedCall[]): Group[] {
  const groups = new Map<string, Group>()
  for (const { code, says, at } of calls) {
    const known = groups.get(code) ?? { code, says, count: 0, at }
    groups.set(code, { ...known, count: known.count + 1, at: Math.max(known.at, at) })
  }
  return [...groups.values()].sort((a, b) => b.count - a.count)
}

/** Operations whose form tells the explorer which endpoint it is of. */
const reproducible = ['/auth/authorization', '/auth/token']

/** The address of the explorer with the request; what is hidden is left to be filled in. */
export function explorerOf(serviceId: string, { operation, parameters }: RefusedCall) {
  if (!reproducible.includes(operation) || !parameters) return undefined
  const form = new URLSearchParams(
    Object.entries(parameters).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : '?'.repeat(Math.min(60, value.length ?? 1)),
    ]),
  )
  return `/services/${serviceId}/explorer?${new URLSearchParams({ http: form.toString() })}`
}
