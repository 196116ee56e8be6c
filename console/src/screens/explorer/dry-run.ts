/** Dry runs, and the shape of their explanations. */
import { useMutation } from '@tanstack/react-query'
import { call } from '../../app/api.ts'

export interface Evidence {
  parameter?: string
  setting?: string
  given?: unknown
  expected?: unknown
  note?: string
}

export interface Change {
  of: 'service' | 'client'
  clientId?: number
  patch: Record<string, unknown>
  weakens?: boolean
}

export interface RefusedBy {
  code: string
  rule: string
  error?: string
  spec?: string
  says: string
  page: string
  evidence?: Evidence
  fix?: string
  change?: Change
}

export interface Step {
  step: string
  passed?: string[]
  facts?: Record<string, unknown>
  refused?: string
}

export interface Explanation {
  refusedBy?: RefusedBy
  trace: Step[]
  notReached?: string[]
}

export interface DryRun {
  operation: string
  outcome: { status: number; action?: string; resultCode?: string; resultMessage?: string }
  explanation?: Explanation
  issued?: {
    members: Record<string, unknown>
    tokens: { token: string; header: object; claims?: object }[]
  }
}

export const useDryRun = (serviceId: string) =>
  useMutation({
    mutationFn: async (http: string) =>
      (await call<DryRun>('POST', `/api/${serviceId}/explain`, { body: { http } })).body,
  })

/** The parameters of an authorization request, wherever the text has them. */
export function parametersIn(text: string): string {
  const [, query] = /\?([^\s'"#]+)/.exec(text) ?? []
  const [, data] = /(?:--data\S*|-d)\s*['"]?([^\s'"]+=[^\s'"]*)/.exec(text) ?? []
  if (query) return query
  if (data) return data
  const [, body] = /\r?\n\r?\n([\s\S]+)$/.exec(text) ?? []
  return (body ?? text).trim()
}

/** JSON to read. */
export const json = (value: unknown): string => JSON.stringify(value, undefined, 2)
