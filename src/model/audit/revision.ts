/**
 * Revisions: the settings of a service or client as they were. Secrets and keys are no settings,
 * and neither is what changes by itself, such as the times of a metadata document.
 */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { clientSecrets } from '../client/client.ts'
import { serviceSecrets } from '../service/service.ts'

export const documentKinds = ['service', 'client'] as const
export type DocumentKind = (typeof documentKinds)[number]

/** How a revision came to be; empty for one from before revisions were kept. */
export const RevisionOrigin = z.object({
  operation: z.string().optional(),
  actorKind: z.enum(['api_token', 'client', 'server']).optional(),
  actorId: z.string().optional(),
  actorLabel: z.string().optional(),
  onBehalfOf: z.string().optional(),
  requestId: z.string().optional(),
  reason: z.string().optional(),
  /** Paths of the secrets that changed with it. */
  secrets: z.array(z.string()).default([]),
  /** The revision whose settings it brought back. */
  restored: z.int().optional(),
})
export type RevisionOrigin = z.output<typeof RevisionOrigin>

type Members = Readonly<Record<string, unknown>>

/** A row of a service or client: what is stored in the clear, and what is sealed. */
interface Stored {
  readonly data: Members
  readonly secrets: Members
}

const issuerMetadata = 'credentialIssuerMetadata'
const issuerKeys = 'credentialRequestEncryptionJwks'

/** Hashes of tokens, and what a client or a federation renews by itself. */
const unrevised = new Set<string>([
  ...['registrationAccessTokenHash', 'metadataDocumentUpdatedAt', 'metadataDocumentExpiresAt'],
  ...['trustChain', 'trustChainExpiresAt', 'trustChainUpdatedAt'],
])
const sealed = new Set<string>([...serviceSecrets, ...clientSecrets])

/** The settings, as a revision has them. */
export function settingsOf({ data, secrets }: Stored): Record<string, unknown> {
  const whole = { ...data, ...metadataIn(secrets) }
  const members = Object.entries(whole).filter(
    ([name, value]) => value !== undefined && !unrevised.has(name) && !sealed.has(name),
  )
  return Object.fromEntries(members)
}

/** The metadata of a credential issuer are sealed for their keys; without them, in the clear. */
function metadataIn({ [issuerMetadata]: metadata }: Members): Members {
  if (metadata === undefined) return {}
  return { [issuerMetadata]: { ...Object(metadata), [issuerKeys]: undefined } }
}

/** The paths of secrets and keys that differ. */
export function changedSecrets(before: Members, after: Members): string[] {
  const [was, is] = [secretsAt(before), secretsAt(after)]
  const paths = new Set([...was.keys(), ...is.keys()])
  return [...paths].filter((path) => !isDeepStrictEqual(was.get(path), is.get(path)))
}

function secretsAt(secrets: Members): Map<string, unknown> {
  const { [issuerMetadata]: metadata, secretState, clientSecret, ...others } = secrets
  const found = new Map(Object.entries(others).map(([name, value]) => [`/${name}`, value]))
  // A former secret is part of what the client authenticates with.
  if (clientSecret || secretState) found.set('/clientSecret', [clientSecret, secretState])
  const keys = Object(metadata)[issuerKeys]
  if (keys) found.set(`/${issuerMetadata}/${issuerKeys}`, keys)
  return found
}
