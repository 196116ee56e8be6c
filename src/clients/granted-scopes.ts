/** The scopes that a user has granted to a client, as stored for the caller. */
import type { ServiceContext } from '../context.ts'
import { defineCallerRules, refuseCaller } from '../refusal.ts'

const rules = defineCallerRules('Granted scopes', {
  subjectMissing: { code: 'P064001', status: 400, message: 'The subject is required.' },
})

export const requireSubject = (subject: string | undefined): string =>
  subject ?? refuseCaller(rules.subjectMissing)

/** The record in responses; empty lists if the user has never granted scopes. */
export async function grantedScopesOf(
  { service, store }: ServiceContext,
  clientId: number,
  subject: string,
) {
  const row = await store.grantedScopes.find(service.apiKey, clientId, subject)
  return {
    serviceApiKey: service.apiKey,
    clientId,
    subject,
    latestGrantedScopes: row?.data.latest ?? [],
    mergedGrantedScopes: row?.data.merged ?? [],
    ...(row ? { modifiedAt: row.modifiedAt } : {}),
  }
}
