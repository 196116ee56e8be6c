/** Lints of all clients of a service, page by page. */
import { useEffect, useRef, useState } from 'react'
import { call } from '../../app/api.ts'
import type { Finding } from '../../editor/lint.ts'

export interface CheckedClient {
  clientId: number
  clientName?: string
  findings: Finding[]
}

interface Page {
  clients: CheckedClient[]
  checked: number
  totalCount: number
  next?: number
}

/** More could not be read, and would only use memory. */
export const mostListed = 500

export interface ClientCheck {
  isRunning: boolean
  isDone: boolean
  checked: number
  total: number
  /** How many have findings; the first ones are listed. */
  found: number
  clients: readonly CheckedClient[]
  error?: unknown
}

const nothing: ClientCheck = {
  ...{ isRunning: false, isDone: false, checked: 0, total: 0, found: 0 },
  clients: [],
}

function withPage(check: ClientCheck, page: Page): ClientCheck {
  const isDone = page.next === undefined
  return {
    isRunning: !isDone,
    isDone,
    checked: check.checked + page.checked,
    total: page.totalCount,
    found: check.found + page.clients.length,
    clients: [...check.clients, ...page.clients].slice(0, mostListed),
  }
}

export function useClientCheck(serviceId: string) {
  const [check, setCheck] = useState(nothing)
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])

  async function run(): Promise<void> {
    const controller = new AbortController()
    running.current = controller
    const { signal } = controller
    let current: ClientCheck = { ...nothing, isRunning: true }
    setCheck(current)
    try {
      for (let start: number | undefined = 0; start !== undefined; ) {
        const path = `/api/${serviceId}/client/lint`
        const { body }: { body: Page } = await call<Page>('POST', path, { body: { start }, signal })
        current = withPage(current, body)
        setCheck(current)
        start = body.next
      }
    } catch (error) {
      setCheck({ ...current, isRunning: false, ...(signal.aborted ? {} : { error }) })
    }
  }
  return { check, run, stop: () => running.current?.abort() }
}
