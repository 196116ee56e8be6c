/** Warnings about a service that takes part in a federation. */
import { thumbprintOf } from '../../../jose/key-members.ts'
import { isSigningKey } from '../../../jose/key-set.ts'
import { serviceKeySet } from '../../../jose/service-key-set.ts'
import { asymmetricAlgorithms } from '../../../jose/signature-algorithm.ts'
import type { Service, ServiceDocument } from '../../../model/service/service.ts'
import type { Warning } from '../../../model/warning.ts'

export function federationWarnings(document: ServiceDocument): Warning[] {
  if (!document.federationEnabled) return []
  const { keys } = serviceKeySet(document as Service, 'federation')
  const canSign = keys.some((key) => asymmetricAlgorithms.some((alg) => isSigningKey(key, alg)))
  const ofProtocol = serviceKeySet(document as Service).keys.map(thumbprintOf)
  const shared = keys.filter((key) => {
    const thumbprint = thumbprintOf(key)
    return thumbprint !== undefined && ofProtocol.includes(thumbprint)
  })
  return [
    ...(canSign ? [] : [warning('signing-key-missing', 'federationJwks', keyMissing)]),
    ...(document.authorityHints?.length && document.issuer
      ? []
      : [warning('federation-incomplete', 'authorityHints', incomplete)]),
    ...shared.map(({ kid }) =>
      warning('federation-key-shared', 'federationJwks', `The key ${kid} ${isShared}`),
    ),
  ]
}

const keyMissing = 'No private key can sign the entity configuration: add one.'
const incomplete =
  'There is no entity configuration without issuer and authorityHints: set the identifiers of the superiors.'
const isShared =
  'is also a key of jwks: the keys of a federation should sign nothing else (OpenID Federation §3.1.1).'

const warning = (code: Warning['code'], property: string, message: string): Warning => ({
  code,
  property,
  message,
})
