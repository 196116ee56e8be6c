/**
 * Subject identifiers: public, or pairwise, so that clients cannot correlate users. OIDC Core §8.
 */
import { createHmac } from 'node:crypto'
import type { Client } from '../../model/client/client.ts'
import type { Grant } from '../../model/grant.ts'
import type { Service } from '../../model/service/service.ts'
import { defineAttribute, oneOf } from '../attribute.ts'

const defaultSubject = defineAttribute({
  name: 'ext.subject.default',
  of: 'service',
  form: oneOf('public', 'pairwise'),
  fallback: 'public',
  effect:
    'With `pairwise`, every client gets pairwise subjects, regardless of its registered type.',
  spec: 'OIDC Core §8',
})

const accessTokenSubject = defineAttribute({
  name: 'ext.subject.in_access_token',
  of: 'service',
  form: oneOf('public', 'pairwise'),
  fallback: 'public',
  effect:
    'With `pairwise`, access tokens and introspection contain the same subject as the ID Token.',
  spec: 'OIDC Core §8',
})

/** Whether a client gets pairwise subjects. */
export const isPairwise = (service: Service, { subjectType }: Client): boolean =>
  subjectType === 'PAIRWISE' || defaultSubject.read(service) === 'pairwise'

/** The sector of a client, within which subjects are the same; without one, the client itself. */
export const sectorOf = ({ derivedSectorIdentifier, clientId }: Client): string =>
  derivedSectorIdentifier ?? `client ${clientId}`

/** OIDC Core §8.1: derived from sector, user and salt. */
function pairwiseSubject(service: Service, client: Client, subject: string): string {
  return createHmac('sha256', service.pairwiseSubjectSalt ?? '')
    .update(`${sectorOf(client)}\n${subject}`, 'utf8')
    .digest('base64url')
}

/** The subject for a client: the caller's choice, a pairwise or the public subject. */
export function subjectForClient(
  service: Service,
  client: Client,
  { sub }: Pick<Grant, 'sub'>,
  subject: string,
): string {
  return sub ?? (isPairwise(service, client) ? pairwiseSubject(service, client, subject) : subject)
}

/** The subject for resource servers: public, unless `ext.subject.in_access_token=pairwise`. */
export function subjectForResources(
  service: Service,
  client: Client,
  grant: Pick<Grant, 'sub'>,
  subject: string,
): string {
  return accessTokenSubject.read(service) === 'pairwise'
    ? subjectForClient(service, client, grant, subject)
    : (grant.sub ?? subject)
}
