/** The session: who is logged in, login, and logout. */
import { createContext, useContext } from 'react'
import { call } from './api.ts'
import { queries, useGet } from './queries.ts'

export type Right =
  | 'admin'
  | 'create_service'
  | 'modify_service'
  | 'view_service'
  | 'create_client'
  | 'modify_client'
  | 'view_client'
  | 'use_service'
  | 'use_introspection'
  | 'view_audit_log'
  | (string & {})

export interface Self {
  tokenId?: string
  label: string
  rights: Right[]
  /** The only service of the token. */
  serviceId?: number
  /** The only client of the token. */
  clientId?: number
  /** 0: never. */
  expiresAt: number
}

export const selfPath = '/api/self'

export const useSelfQuery = () => useGet<Self>(selfPath)

export const SelfContext = createContext<Self | undefined>(undefined)

/** The caller; there is one on every screen. */
export function useSelf(): Self {
  const self = useContext(SelfContext)
  if (!self) throw new Error('There is no session.')
  return self
}

export const useMay = (right: Right): boolean => useSelf().rights.includes(right)

export async function logIn(secret: { token: string } | { code: string }): Promise<void> {
  await call('POST', '/session', { body: secret })
  await queries.resetQueries()
}

export async function logOut(): Promise<void> {
  await call('DELETE', '/session').catch(() => undefined)
  queries.clear()
  // Nothing of the session stays in memory.
  location.assign('/console/')
}

/** The code in the fragment of a link, which is removed from the address at once. */
export function takeLoginCode(): string | undefined {
  const [, code] = /^#login=(\w+)$/.exec(location.hash) ?? []
  if (code) history.replaceState(null, '', location.pathname + location.search)
  return code
}
