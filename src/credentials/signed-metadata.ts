/** Signed metadata of a credential issuer, OpenID4VCI §12.2.3. */
import type { ServiceContext } from '../context.ts'
import { fitsSignatureAlgorithm } from '../jose/key-set.ts'
import type { SigningKey } from '../jose/keys.ts'
import { signJwt } from '../jose/sign.ts'
import { asymmetricAlgorithms } from '../jose/signature-algorithm.ts'
import type { Service } from '../model/service/service.ts'
import { defineAttribute, flag } from '../oauth/attribute.ts'
import { prefersJwt } from '../oauth/tokens/accept.ts'
import { issuerMetadata } from '../oauth/vci/issuer-metadata.ts'
import { publishedChain } from '../oauth/vci/published-chain.ts'

const signedMetadata = defineAttribute<boolean>({
  name: 'ext.vci.signed_metadata',
  of: 'service',
  form: flag,
  fallback: false,
  effect:
    'The metadata of the credential issuer are signed for wallets whose Accept header prefers ' +
    '`application/jwt`. Without it, or without a key in `credentialJwks`, they are JSON.',
  spec: 'OpenID4VCI §12.2.3',
})

const lifetimeSeconds = 86_400
/** A signature is given to all wallets for this time. */
const keptMilliseconds = 3_600_000

interface Signed {
  at: number
  token: Promise<string>
}
const known = new WeakMap<Service, Signed>()

/** The JWT for a wallet whose Accept header prefers one; undefined if it gets JSON. */
export async function signedMetadataFor(
  context: ServiceContext,
  accept: string | undefined,
): Promise<string | undefined> {
  const { service, keys, now } = context
  if (!signedMetadata.read(service) || !prefersJwt(accept, 'application/jwt')) return undefined
  const candidates = keys.signing(service, 'credential').filter(({ jwk }) => algorithmOf(jwk))
  const key = candidates.find(({ jwk }) => jwk.x5c) ?? candidates[0]
  if (!key) return undefined
  const kept = known.get(service)
  if (kept && now >= kept.at && now - kept.at < keptMilliseconds) return kept.token
  const signed = { at: now, token: sign(context, key) }
  known.set(service, signed)
  signed.token.catch(() => known.delete(service))
  return signed.token
}

function sign({ service, now }: ServiceContext, key: SigningKey): Promise<string> {
  const document = issuerMetadata(service)
  const iat = Math.floor(now / 1000)
  const x5c = publishedChain(key.jwk.x5c)
  return signJwt([key], {
    signing: { alg: algorithmOf(key.jwk) ?? 'ES256' },
    claims: { ...document, sub: document['credential_issuer'], iat, exp: iat + lifetimeSeconds },
    header: { typ: 'openidvci-issuer-metadata+jwt', ...(x5c ? { x5c } : {}) },
  })
}

const algorithmOf = (jwk: SigningKey['jwk']) =>
  asymmetricAlgorithms.find((alg) => fitsSignatureAlgorithm(jwk, alg, 'sign'))
