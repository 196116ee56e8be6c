/** Finds issued credentials by what a caller knows of them. */
import type { ServiceContext } from '../context.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import type { CredentialStatus } from '../oauth/vci/status-list.ts'
import { statusSettings } from '../oauth/vci/status-settings.ts'
import { defineCallerRules, refuseCaller } from '../refusal.ts'
import type { Store } from '../store/store.ts'

const rules = defineCallerRules('Credential selection', {
  oneBit: {
    code: 'P131201',
    status: 400,
    message:
      'The status list of the credential has one bit for each credential, which cannot say SUSPENDED: use INVALID.',
  },
})

export type IssuedRow = NonNullable<Awaited<ReturnType<Store['issuedCredentials']['find']>>>

/** One of these names credentials. */
export interface NamedCredentials {
  credentialId?: string | undefined
  notificationId?: string | undefined
  uri?: string | undefined
  idx?: number | undefined
  subject?: string | undefined
  credentialConfigurationId?: string | undefined
  cursor?: string | undefined
}

interface Selected {
  rows: IssuedRow[]
  /** The cursor of the rest. */
  next?: string | undefined
}

/** How many credentials of a user one call handles. */
const pageSize = 1_000

export async function selectIssued(
  context: ServiceContext,
  named: NamedCredentials,
): Promise<Selected> {
  const { service, store } = context
  const { credentialId, notificationId, subject, uri = '', idx = 0, cursor: after } = named
  const { issuedCredentials } = store
  const serviceId = service.apiKey
  if (subject !== undefined) {
    const selection = { subject, configurationId: named.credentialConfigurationId }
    return issuedCredentials.walk(serviceId, selection, { after, limit: pageSize })
  }
  if (credentialId !== undefined) {
    return onlyOne(await issuedCredentials.find(serviceId, credentialId))
  }
  if (notificationId !== undefined) {
    return {
      rows: await issuedCredentials.findByNotification(serviceId, tokenHash(notificationId)),
    }
  }
  const list = statusSettings(service)?.listOf(uri)
  if (list === undefined) return { rows: [] }
  return onlyOne(await issuedCredentials.findByPlace(serviceId, list, idx))
}

const onlyOne = (row: IssuedRow | undefined): Selected => ({ rows: row ? [row] : [] })

/** Refuses to suspend credentials whose list has no value for it. */
export async function requireSuspendable(
  { service, store }: ServiceContext,
  status: CredentialStatus,
  rows: readonly IssuedRow[],
): Promise<void> {
  if (status !== 'SUSPENDED') return
  for (const list of new Set(rows.flatMap((row) => row.list ?? []))) {
    const found = await store.statusLists.find(service.apiKey, list)
    if (found?.bits === 1) refuseCaller(rules.oneBit)
  }
}
