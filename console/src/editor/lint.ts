/** Lints of settings, also of those that are not saved. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { call } from '../app/api.ts'
import type { Json } from './document.ts'

export const profiles = [
  'oauth-2.1',
  'rfc9700',
  'fapi1-advanced',
  'fapi2-security',
  'fapi2-message-signing',
  'haip',
  'mcp',
  'oidc-op',
  'operations',
] as const
export type Profile = (typeof profiles)[number]

/** What no service should be without, whatever else it complies with. */
export const recommended: readonly Profile[] = ['oauth-2.1', 'rfc9700', 'oidc-op', 'operations']

export interface Finding {
  code: string
  profiles: Profile[]
  level: 'error' | 'warning' | 'hint'
  path: string
  spec?: string
  says: string
  /** A merge patch. */
  fix?: Json
}

export interface Report {
  findings: Finding[]
  conforms: Partial<Record<Profile, boolean>>
}

const pauseMilliseconds = 400

/** The value once it has not changed for a moment. */
function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pauseMilliseconds)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}

interface Linted {
  path: string
  /** The member of the request that has the document. */
  member: 'service' | 'client'
  document: Json
  profiles: readonly Profile[] | undefined
}

/** The report about the document as it is being edited; the former one until there is another. */
export function useLint({ path, member, document, profiles: asked }: Linted) {
  const settled = useSettled(document)
  return useQuery<Report, Error>({
    queryKey: [path, settled, asked],
    queryFn: async ({ signal }) => {
      const body = { [member]: settled, ...(asked ? { profiles: asked } : {}) }
      return (await call<Report>('POST', path, { body, signal })).body
    },
    placeholderData: (former) => former,
    gcTime: 0,
  })
}
