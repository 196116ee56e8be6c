/**
 * Shared steps of creating and updating clients: checks of the properties, and splitting the
 * secrets from the document.
 */

import { refuseInvalid } from '../caller.ts'
import type { ServiceContext } from '../context.ts'
import { type Client, type ClientDocument, clientSecrets } from '../model/client/client.ts'
import { splitSecrets } from '../model/split-secrets.ts'
import { isUrl } from '../model/url.ts'
import { brokenByClient } from '../oauth/lint/required.ts'
import { withKeptClient } from '../oauth/logout/kept-properties.ts'
import type { Problem } from '../oauth/property-problem.ts'
import {
  applicationTypeOf,
  checkSectorDocument,
  findClientProblems,
} from '../oauth/registration/client-rules.ts'
import { supportedMetadata } from '../oauth/registration/foreign-metadata.ts'
import { keySetText } from '../oauth/registration/pem-key-set.ts'
import { clientProfileProblem } from '../oauth/service/profile.ts'
import { withSigningAlgorithm } from '../oauth/service/signing-support.ts'
import { formatProblem } from '../oauth/tokens/access-token-format.ts'
import { signKidProblem } from '../oauth/tokens/signing-key.ts'
import { defineCallerRules, refuseCaller } from '../refusal.ts'
import { refuseBroken } from '../services/required-lints.ts'
import { ConflictError } from '../store/engine.ts'

const rules = defineCallerRules('Client write', {
  aliasTaken: {
    code: 'P061001',
    status: 409,
    message: 'The clientIdAlias is already used by another client of the service.',
  },
  sectorUnreachable: {
    code: 'P061002',
    status: 400,
    message: 'The document cannot be fetched from the sectorIdentifierUri.',
  },
})

/**
 * The checked document with its derived properties, and the row that stores it. An update passes
 * the former client, whose properties beyond the contract it keeps.
 */
export async function clientRow(
  context: ServiceContext,
  given: ClientDocument,
  kept: Partial<Client>,
  former?: Client,
) {
  const { service } = context
  const whole = withKeptClient(withoutOwnId(given, former), former)
  if ('problem' in whole) refuseInvalid(whole.problem.path, whole.problem.message)
  const customMetadata = supportedMetadata(given.customMetadata, service)
  const keySet = await keySetText('jwks', given.jwks)
  if ('problem' in keySet) refuseInvalid(keySet.problem.path, keySet.problem.message)
  const document = { ...whole.document, customMetadata, jwks: keySet.text }
  const fitting = withSigningAlgorithm(document, service)
  // Callers may store private keys too, because key generators export whole key pairs.
  const [own] = await findClientProblems(fitting, service, { publicOnly: false })
  const problem =
    own ??
    clientProfileProblem(service, document) ??
    formatProblem(service, document as Client, former) ??
    signKidProblem(service, document, former)
  if (problem) refuseInvalid(problem.path, problem.message)
  refuseBroken(brokenByClient(service, fitting, context.now))
  const found = await sectorDocumentProblem(context, document)
  if (found === unreachable) refuseCaller(rules.sectorUnreachable)
  if (found) refuseInvalid(found.path, found.message)
  return rowOf(fitting, kept)
}

/** An alias that is the own id of a client is none: Terraform sends it to remove an alias. */
const withoutOwnId = (document: ClientDocument, former: Client | undefined): ClientDocument =>
  former !== undefined && document.clientIdAlias === String(former.clientId)
    ? { ...document, clientIdAlias: undefined }
    : document

/** The row of a document that is already checked. */
export function rowOf(document: ClientDocument, kept: Partial<Client>) {
  const applicationType = applicationTypeOf(document)
  const derivedSectorIdentifier = sectorOf(document)
  const whole = { ...document, applicationType, ...kept, derivedSectorIdentifier }
  return {
    alias: document.clientIdAlias || undefined,
    developer: document.developer || undefined,
    softwareId: document.softwareId || undefined,
    whole,
    ...splitSecrets(whole, clientSecrets),
  }
}

const unreachable = { path: 'sectorIdentifierUri', message: rules.sectorUnreachable.message }

/** OIDC Registration §5: the document at the URI must list every redirect URI of the client. */
export async function sectorDocumentProblem(
  { system, service }: ServiceContext,
  { sectorIdentifierUri: uri, redirectUris = [] }: ClientDocument,
): Promise<Problem | undefined> {
  if (!uri) return undefined
  const about = { purpose: 'sector identifier', serviceId: service.apiKey }
  const fetched = await system
    .fetch(uri, { ...about, accept: 'application/json' })
    .catch(() => undefined)
  return fetched?.status === 200 ? checkSectorDocument(fetched.body, redirectUris) : unreachable
}

/** OIDC Core §8.1: the host of the sector identifier URI, or the one host of all redirect URIs. */
function sectorOf({ sectorIdentifierUri, redirectUris }: ClientDocument): string | undefined {
  const uris = sectorIdentifierUri ? [sectorIdentifierUri] : (redirectUris ?? [])
  const hosts = new Set(uris.filter((uri) => isUrl(uri)).map((uri) => new URL(uri).host))
  const [only, another] = hosts
  return another === undefined && only ? only : undefined
}

/** The same refusal for a dry run, which commits nothing. */
export async function refuseTakenAlias(
  { store, service }: ServiceContext,
  alias: string | undefined,
  clientId: number,
): Promise<void> {
  const holder = alias ? await store.clients.findByAlias(service.apiKey, alias) : undefined
  if (holder && holder.clientId !== clientId) refuseCaller(rules.aliasTaken)
}

/** Turns a conflict of the unique alias into a refusal, and rethrows all other errors. */
export function refuseAliasConflict(error: unknown): never {
  if (error instanceof ConflictError && /alias/.test(error.constraint)) {
    refuseCaller(rules.aliasTaken)
  }
  throw error
}
