/** Certificates of keys: the chain that begins with the key itself, RFC 7517 §4.7. */
import { createPublicKey, type JsonWebKey, type KeyObject, type X509Certificate } from 'node:crypto'
import type { JWK } from 'jose'
import { withoutPrivateMembers } from '../../jose/key-set.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { isInTime } from '../../x509/certificate.ts'
import { type ChainFault, readChain } from '../../x509/certified-key.ts'
import { isSignedBy } from '../../x509/chain.ts'
import { type Place, refuseAt } from './entry.ts'

const rules = defineRules('Key material', {
  unrelated: {
    code: 'P114016',
    error: 'invalid_request',
    spec: 'RFC 7517 §4.7',
    message: 'The certificate certifies none of the keys, and none of their certificates.',
    fix: 'Pass only certificates that belong to the keys or to their issuers.',
  },
  notInTime: {
    code: 'P114017',
    error: 'invalid_request',
    spec: 'RFC 5280 §4.1.2.5',
    message: 'A certificate of the key is expired or not valid yet.',
    fix: 'Pass a certificate that is in its validity period, and check the clock of the server.',
  },
  tooLong: {
    code: 'P114018',
    error: 'invalid_request',
    spec: 'RFC 7517 §4.7',
    message: 'The chain of certificates of a key must have at most 5 certificates.',
    fix: 'Pass at most 5 certificates for each key.',
  },
  pem: {
    code: 'P114019',
    error: 'invalid_request',
    spec: 'RFC 7517 §4.7',
    message:
      'The x5c has PEM: each element must be the base64 of a certificate in DER, without BEGIN ' +
      'and END lines, and never a key.',
    fix: 'Pass each element of `x5c` as base64 of the certificate, without the lines BEGIN and END.',
  },
  malformed: {
    code: 'P114020',
    error: 'invalid_request',
    spec: 'RFC 7517 §4.7',
    message: 'Each element of x5c must be the base64 of a certificate in DER.',
    fix: 'Pass each element of `x5c` as base64 of a certificate in DER.',
  },
  unlinked: {
    code: 'P114021',
    error: 'invalid_request',
    spec: 'RFC 7517 §4.7',
    message: 'Each certificate in x5c must certify the previous one.',
    fix: 'Order `x5c` so that each certificate is followed by that of its issuer.',
  },
  otherKey: {
    code: 'P114022',
    error: 'invalid_request',
    spec: 'RFC 7517 §4.7',
    message: 'The first certificate in x5c must certify the key itself.',
    fix: 'Begin `x5c` with the certificate of the key itself.',
  },
})

const longestChain = 5

export interface Certified {
  readonly certificate: X509Certificate
  readonly place: Place
}

/** The chains of the keys, in their order. Refuses certificates that are in none of them. */
export function chainsOf(
  keys: readonly KeyObject[],
  certificates: readonly Certified[],
): X509Certificate[][] {
  const signatures = { left: signaturesTried }
  const chains = keys.map((key) => chainOf(key, certificates, signatures))
  const used = new Set(chains.flat())
  const unrelated = certificates.find(({ certificate }) => !used.has(certificate))
  if (unrelated) refuseAt(rules.unrelated, unrelated.place)
  return chains
}

/** The certificates that certify no other one: each is that of a key. */
export function leavesOf(certificates: readonly Certified[]): Certified[] {
  const signatures = { left: signaturesTried }
  return certificates.filter(({ certificate }) =>
    certificates.every(
      ({ certificate: other }) =>
        other === certificate || isSelfSigned(other) || !isSignedBy(other, certificate, signatures),
    ),
  )
}

/** More signatures are tried only for crafted names: each verification takes up to 2 ms. */
const signaturesTried = 50

const isSelfSigned = (certificate: X509Certificate): boolean => certificate.checkIssued(certificate)

function chainOf(
  key: KeyObject,
  certificates: readonly Certified[],
  signatures: { left: number },
): X509Certificate[] {
  const leaf = certificates.find(({ certificate }) => certificate.publicKey.equals(key))
  if (!leaf) return []
  const chain = [leaf.certificate]
  for (let last = leaf.certificate; !isSelfSigned(last); ) {
    const issuer = certificates.find(
      ({ certificate }) =>
        !chain.includes(certificate) && isSignedBy(last, certificate, signatures),
    )
    if (!issuer) break
    if (chain.length === longestChain) refuseAt(rules.tooLong, leaf.place)
    last = issuer.certificate
    chain.push(last)
  }
  return chain
}

export const inBase64 = (chain: readonly X509Certificate[]): string[] =>
  chain.map(({ raw }) => raw.toString('base64'))

const chainRules = {
  pem: 'pem',
  malformed: 'malformed',
  'too-long': 'tooLong',
  unlinked: 'unlinked',
} as const satisfies Record<ChainFault, keyof typeof rules>

/** The chain in the member x5c of a key. */
export function requireChain(x5c: unknown): X509Certificate[] {
  const chain = readChain(x5c)
  if (typeof chain === 'string') return refuse(rules[chainRules[chain]])
  return chain.length > longestChain ? refuse(rules.tooLong) : chain
}

/** Refuses a chain that begins with the certificate of another key. */
export function requireCertified(key: JWK, [first]: readonly X509Certificate[]): void {
  const own = createPublicKey({ key: withoutPrivateMembers(key) as JsonWebKey, format: 'jwk' })
  if (!first?.publicKey.equals(own)) refuse(rules.otherKey)
}

/** RFC 5280 §4.1.2.5. */
export function requireInTime(chain: readonly X509Certificate[], now: number): void {
  if (!chain.every((certificate) => isInTime(certificate, now))) refuse(rules.notInTime)
}
