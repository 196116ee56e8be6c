/** Checks of the settings of services and clients with HAIP. */
import { hasPrivateHalf } from '../../jose/key-set.ts'
import type { FapiMode } from '../../model/enums.ts'
import { parseJson } from '../../model/json.ts'
import type { ServiceDocument } from '../../model/service/service.ts'
import { readCertificate } from '../../x509/certificate.ts'
import { modesExclude } from '../policy.ts'
import type { Problem } from '../property-problem.ts'
import { parseKeys } from '../registration/key-set-rules.ts'

const versions = ['1.0', '1.0-Final']

/** The version is known, and no mode of FAPI 1.0 contradicts FAPI 2.0. */
export function haipVersionProblem({
  haipVersion,
  fapiModes = [],
}: {
  haipVersion?: string | undefined
  fapiModes?: readonly FapiMode[] | undefined
}): Problem | undefined {
  if (!haipVersion) return undefined
  const path = 'haipVersion'
  if (!versions.includes(haipVersion)) {
    return { path, message: `Expected ${versions.join(', ')}, or no value.` }
  }
  const message = 'HAIP is a profile of FAPI 2.0: it must not be combined with FAPI 1.0 modes.'
  return modesExclude([...fapiModes, 'FAPI2_SECURITY']) ? { path, message } : undefined
}

/** HAIP §4 and §6.1.1: what an issuer that claims the profile must have. */
export function haipProblem(
  service: ServiceDocument,
  metadata: NonNullable<ServiceDocument['credentialIssuerMetadata']>,
): Problem | undefined {
  const configurations = configurationsIn(metadata.credentialsSupported)
  const path = 'credentialIssuerMetadata.credentialsSupported'
  if (configurations.some(({ scope }) => scope === undefined)) {
    return { path, message: 'HAIP requires a scope in each configuration (HAIP §4.1).' }
  }
  const isBound = configurations.some(({ proof_types_supported: types }) => types !== undefined)
  if (isBound && !metadata.nonceEndpoint) {
    const message = 'HAIP requires a nonce endpoint for credentials that are bound to a key.'
    return { path: 'credentialIssuerMetadata.nonceEndpoint', message }
  }
  if (!service.pushedAuthReqEndpoint) {
    const message = 'HAIP requires pushed authorization requests (HAIP §4.2).'
    return { path: 'pushedAuthReqEndpoint', message }
  }
  if (signingChains(service).some(isCertified)) return undefined
  const message = 'HAIP requires a private key with x5c, whose certificate is not self-signed.'
  return { path: 'credentialJwks', message }
}

/** The `x5c` of each key that signs credentials, in a key set or in a module. */
function signingChains({ credentialJwks, hsmEnabled, hsks = [] }: ServiceDocument): unknown[] {
  const local = credentialJwks ? (parseKeys(credentialJwks) ?? []) : []
  const held = hsmEnabled ? hsks : []
  return [
    ...local.filter(hasPrivateHalf).map(({ x5c }) => x5c),
    ...held.filter(({ set, use }) => set === 'credential' && use === 'sig').map(({ x5c }) => x5c),
  ]
}

function isCertified(x5c: unknown): boolean {
  const [first] = Array.isArray(x5c) ? x5c : []
  const leaf = first ? readCertificate(first) : undefined
  return leaf !== undefined && !leaf.checkIssued(leaf)
}

type Members = Record<string, unknown>

/** Their form is checked before. */
function configurationsIn(text: string | undefined): Members[] {
  try {
    const all = parseJson(text ?? '{}') as Record<string, Members | null> | null
    return Object.values(all ?? {}).filter((each) => each !== null)
  } catch {
    return []
  }
}
