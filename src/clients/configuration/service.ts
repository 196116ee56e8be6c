/** The settings of a service as a configuration leaves them, compared with the present ones. */
import { changesOf } from '../../audit/changes.ts'
import { refuseInvalid, serviceUnknown } from '../../caller.ts'
import type { ServiceContext } from '../../context.ts'
import type { AuditChange } from '../../model/audit/record.ts'
import type { ConfigurationRequest } from '../../model/configuration/request.ts'
import { keysInText } from '../../model/keys/standing.ts'
import { Service, ServiceDocument, serviceSecrets } from '../../model/service/service.ts'
import type { Warning } from '../../model/warning.ts'
import {
  appliedDigest,
  managedBy,
  serviceKey,
  withAttributes,
} from '../../oauth/configuration/attributes.ts'
import { withKeptService } from '../../oauth/logout/kept-properties.ts'
import { findServiceWarnings } from '../../oauth/service/warnings.ts'
import { refuseCaller } from '../../refusal.ts'
import { checkedService } from '../../services/change.ts'
import { serviceOf } from '../../store/configuration.ts'
import { type PlannedKeys, planKeys } from './keys.ts'

type Stored = NonNullable<Awaited<ReturnType<ServiceContext['store']['services']['find']>>>

export interface PlannedService {
  /** The row as it is stored. */
  stored: Stored
  version: number
  current: Service
  after: Service
  /** The row that stores it. */
  row: { data: Record<string, unknown>; secrets: Record<string, unknown> }
  changes: AuditChange[]
  warnings: Warning[]
  keys: PlannedKeys | undefined
}

export async function planService(
  context: ServiceContext,
  { key, keys: managed, service: given }: ConfigurationRequest,
): Promise<PlannedService> {
  const { store, now } = context
  const stored = await store.services.find(context.service.apiKey)
  if (!stored) refuseCaller(serviceUnknown)
  const current = serviceOf(stored, now)
  const had = serviceKey.read(current)
  if (key !== undefined && had !== undefined && key !== had) {
    refuseInvalid('key', `The service has the key ${had}`)
  }
  const document = given ? withKeptSecrets(given, current) : ServiceDocument.parse(current)
  if (managed) requireKeysKept(document, current)
  const attributes = attributesOf(document, current, key ?? had)
  const checked = await checkedService(
    context,
    { document: { ...document, attributes }, ignored: [] },
    current,
  )
  const { whole, warnings, data, secrets } = checked
  const { number, apiKey, createdAt, modifiedAt } = current
  const readOnly = { number, apiKey, createdAt, modifiedAt }
  const settled = Service.parse({ ...whole, ...readOnly })
  const row = { data, secrets }
  const { keys: records } = stored
  const keys =
    managed && (await planKeys(context, managed, { service: settled, keys: records, row }))
  const made = keys?.made
  const after = made ? Service.parse({ ...settled, ...made.data, ...made.secrets }) : settled
  return {
    stored,
    version: stored.version,
    current,
    after,
    row: made ?? row,
    changes: [...changesOf(current, after, serviceSecrets), ...(keys?.changes ?? [])],
    warnings: made ? findServiceWarnings(after) : (warnings.warnings ?? []),
    keys,
  }
}

/** Secrets that the configuration omits are kept; every other setting has its default. */
function withKeptSecrets(given: ServiceDocument, current: Service): ServiceDocument {
  const kept = serviceSecrets.flatMap((name): [string, unknown][] =>
    name !== 'apiSecret' && given[name] === undefined ? [[name, current[name]]] : [],
  )
  const metadata = given.credentialIssuerMetadata
  const credentialRequestEncryptionJwks =
    metadata?.credentialRequestEncryptionJwks ??
    current.credentialIssuerMetadata?.credentialRequestEncryptionJwks
  const document = {
    ...given,
    ...Object.fromEntries(kept),
    ...(metadata && credentialRequestEncryptionJwks
      ? { credentialIssuerMetadata: { ...metadata, credentialRequestEncryptionJwks } }
      : {}),
  }
  return withKeptService(document, document as Service)
}

/** A file would take away each time what was made, and rotated, since it was written. */
function requireKeysKept(document: ServiceDocument, current: Service): void {
  const left = new Set(keysInText(document.jwks).map(({ kid }) => kid))
  const lost = keysInText(current.jwks).find(({ kid }) => !left.has(kid))
  if (lost) {
    refuseInvalid(
      'service.jwks',
      `The keys are managed, and the set of the file does not have the key ${lost['kid']}: ` +
        'say `jwks: { keep: true }`, or leave it out',
    )
  }
}

/** With the key, and what tells that a file has configured the service. */
function attributesOf(document: ServiceDocument, current: Service, key: string | undefined) {
  const manager = managedBy.read(document) ?? 'file'
  return withAttributes(document.attributes, {
    [serviceKey.name]: key,
    [managedBy.name]: key === undefined ? managedBy.read(current) : manager,
    [appliedDigest.name]: appliedDigest.read(current),
  }) as ServiceDocument['attributes']
}
