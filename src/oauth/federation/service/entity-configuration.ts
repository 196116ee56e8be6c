/** The entity configuration of a service, OpenID Federation §3 and §9. */
import { publicKeySet } from '../../../jose/key-set.ts'
import { serviceKeySet } from '../../../jose/service-key-set.ts'
import type { Service } from '../../../model/service/service.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import { defineAttribute, flag } from '../../attribute.ts'
import { anyRequestUri } from '../../authorization/federated-request.ts'
import { issuerMetadata } from '../../vci/issuer-metadata.ts'
import { requireEntity, statementSeconds } from './entity.ts'
import { entityKeys, inSeconds } from './entity-keys.ts'
import { federationEntity } from './entity-metadata.ts'
import { type EntityType, entityTypes } from './entity-types.ts'
import { currentTrustMarks } from './trust-marks.ts'

const rules = defineRules('Entity configuration', {
  superiorMissing: {
    code: 'P134004',
    error: 'server_error',
    spec: 'OpenID Federation §3.1.2',
    message: 'The service has no superior in a federation: set authorityHints.',
    fix: 'Name the superiors of the service in the federation.',
    settings: ['service.authorityHints'],
  },
})

const anchorHints = defineAttribute({
  name: 'ext.federation.anchor_hints',
  of: 'service',
  form: flag,
  fallback: false,
  effect: 'The entity configuration names the `trustAnchors` of the service: `trust_anchor_hints`.',
  spec: 'OpenID Federation §3.1.2',
})

type Members = Readonly<Record<string, unknown>>

interface Wanted {
  readonly types: readonly EntityType[]
  /** The discovery document of the service. */
  readonly document: Members
  readonly now: number
}

/** The claims; without what only superiors say, such as policies and constraints. */
export function entityConfiguration(service: Service, { types, document, now }: Wanted): Members {
  const iss = requireEntity(service)
  const { authorityHints = [] } = service
  if (authorityHints.length === 0) refuse(rules.superiorMissing)
  const iat = inSeconds(now)
  return {
    iss,
    sub: iss,
    iat,
    exp: iat + statementSeconds(service),
    jwks: { keys: entityKeys(service) },
    authority_hints: authorityHints,
    ...listed('trust_anchor_hints', anchorHints.read(service) ? anchorsOf(service) : []),
    ...listed('trust_marks', currentTrustMarks(service, now)),
    metadata: metadataOf(service, types, document),
  }
}

/** A list, which must not be empty if it is there. */
const listed = (name: string, values: readonly unknown[]): Members =>
  values.length > 0 ? { [name]: values } : {}

const anchorsOf = ({ trustAnchors = [] }: Service): string[] =>
  trustAnchors.flatMap(({ entityId }) => (entityId ? [entityId] : []))

function metadataOf(service: Service, types: readonly EntityType[], document: Members): Members {
  const entity = federationEntity(service)
  const roles = types.map((type) => [entityTypes[type], roleMetadata(service, type, document)])
  return { ...Object.fromEntries(roles), ...(entity ? { federation_entity: entity } : {}) }
}

function roleMetadata(service: Service, type: EntityType, document: Members): Members {
  if (type !== 'OPENID_CREDENTIAL_ISSUER') {
    // Whether a stranger may make the service fetch a URL. An absent member means true.
    const request_uri_parameter_supported = anyRequestUri.read(service)
    return withoutNull({ ...document, request_uri_parameter_supported })
  }
  const jwks = publicKeySet(serviceKeySet(service, 'credential'))
  return withoutNull({ ...issuerMetadata(service), ...(jwks.keys.length > 0 ? { jwks } : {}) })
}

/** OpenID Federation §5: no member is null, also none that an operator added. */
const withoutNull = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null))
