/** Builds and signs the credentials of an order: one for each key of the request. */
import { setImmediate as others } from 'node:timers/promises'
import type { ServiceContext } from '../../context.ts'
import { algorithmName } from '../../jose/key-set.ts'
import type { CredentialIssuanceOrder } from '../../model/credential/order.ts'
import type { CredentialRequest } from '../../model/credential/request.ts'
import { defineAttribute, oneOf } from '../../oauth/attribute.ts'
import { type CredentialConfiguration, credentialIssuerOf } from '../../oauth/vci/configuration.ts'
import { readMdoc, unsignedMdoc } from '../../oauth/vci/format/mdoc.ts'
import type { Members } from '../../oauth/vci/format/payload.ts'
import {
  compactSdJwt,
  disclosableClaims,
  readSdJwtVc,
  signedPart,
} from '../../oauth/vci/format/sd-jwt-vc.ts'
import { orderRules } from '../../oauth/vci/issuance/order.ts'
import { chainOf, chooseSigner, type Signer } from '../../oauth/vci/issuance/signer.ts'
import { credentialTimes, mdocTimes } from '../../oauth/vci/issuance/times.ts'
import { publishedChain } from '../../oauth/vci/published-chain.ts'
import { refuse } from '../../refusal.ts'

const issuerClaim = defineAttribute({
  name: 'ext.vci.sd_jwt.iss',
  of: 'service',
  form: oneOf('include', 'omit'),
  fallback: 'include',
  effect: '`omit`: SD-JWT VCs have no `iss`; verifiers find the issuer by `x5c`.',
  spec: 'SD-JWT VC §3.2.2.2',
})

/** What can be signed several times, each time for another key. */
export interface Template {
  /** When the credentials expire, in seconds since the epoch. */
  expiresAt: number | undefined
  /** The credential for a key, with its place in a status list. */
  sign(key: Members | undefined, status: Members | undefined): Promise<string>
}

/** Everything that is the same for all credentials of an order is read and checked once. */
export function credentialTemplate(
  context: ServiceContext,
  configuration: CredentialConfiguration,
  order: CredentialIssuanceOrder,
): Template {
  const { service, keys } = context
  const signing = keys.signing(service, 'credential')
  const signer = chooseSigner(signing, configuration, order.signingKeyId)
  return configuration.format === 'mso_mdoc'
    ? mdocTemplate(context, configuration, order, signer)
    : sdJwtTemplate(context, configuration, order, signer)
}

function sdJwtTemplate(
  { service, system, now }: ServiceContext,
  { vct }: CredentialConfiguration,
  { credentialPayload, disclosureFrame, credentialDuration = 0 }: CredentialIssuanceOrder,
  { key, alg }: Signer,
): Template {
  const vc = readSdJwtVc(vct, credentialPayload, disclosureFrame)
  const times = credentialTimes(service, credentialDuration, now)
  const issuer = issuerClaim.read(service) === 'omit' ? undefined : credentialIssuerOf(service)
  const name = algorithmName(key.jwk, alg)
  const x5c = publishedChain(key.jwk.x5c)
  const { kid } = key.jwk
  const header = { alg: name, typ: 'dc+sd-jwt', ...(kid ? { kid } : {}), ...(x5c ? { x5c } : {}) }
  return {
    expiresAt: vc.expiresAt ?? times.expiresAt,
    async sign(binding, status) {
      const parts = { issuer, key: binding, status, ...times }
      const { payload, disclosures } = disclosableClaims(vc, parts, system.random.bytes)
      const part = signedPart(header, payload)
      return compactSdJwt(part, await key.sign(name, Buffer.from(part)), disclosures)
    },
  }
}

function mdocTemplate(
  { service, system, now }: ServiceContext,
  { doctype = '' }: CredentialConfiguration,
  { credentialPayload, credentialDuration = 0 }: CredentialIssuanceOrder,
  { key, alg, listed }: Signer,
): Template {
  const mdoc = readMdoc(doctype, credentialPayload)
  const { certificates, ...validity } = chainOf(key)
  const times = mdocTimes(credentialTimes(service, credentialDuration, now), validity, now)
  return {
    expiresAt: times.validUntil,
    async sign(binding = refuse(orderRules.unbound), status) {
      const parts = { key: binding, alg: Number(listed), status, ...times }
      const { toBeSigned, finish } = unsignedMdoc(mdoc, parts, system.random.bytes)
      return finish(await key.sign(algorithmName(key.jwk, alg), toBeSigned), certificates)
    },
  }
}

const mostCharacters = 8_388_608

/** The credentials of a request. Other calls are answered between two of them. */
export async function signAll(
  template: Template,
  { keys }: CredentialRequest,
  statuses: readonly Members[],
): Promise<string[]> {
  const credentials: string[] = []
  let characters = 0
  for (const [at, key] of (keys.length > 0 ? keys : [undefined]).entries()) {
    if (at > 0) await others()
    const credential = await template.sign(key, statuses[at])
    characters += credential.length
    if (characters > mostCharacters) refuse(orderRules.tooLarge)
    credentials.push(credential)
  }
  return credentials
}
