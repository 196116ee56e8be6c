/** Client authentication by mutual TLS, RFC 8705 §2. */

import type { X509Certificate } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import type { JWK } from 'jose'
import { type KeySet, permits } from '../../jose/key-set.ts'
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { isUrl } from '../../model/url.ts'
import { defineRules, refuse } from '../../refusal.ts'
import {
  type CertificateFacts,
  factsOf,
  isInTime,
  readCertificate,
  readCertificates,
} from '../../x509/certificate.ts'
import { chainsToRoot, rootsOf } from '../../x509/chain.ts'
import { isSameName, parseName } from '../../x509/distinguished-name.ts'
import { defineAttribute, flag } from '../attribute.ts'

const rules = defineRules('TLS client authentication', {
  malformed: {
    code: 'P010101',
    error: 'invalid_client',
    spec: 'RFC 8705 §2',
    message: 'The client certificate, or a certificate of its chain, cannot be parsed.',
    fix: 'Pass the client certificate and those of its chain in PEM, as the TLS terminator received them.',
  },
  outOfTime: {
    code: 'P010102',
    error: 'invalid_client',
    spec: 'RFC 5280 §4.1.2.5',
    message: 'The client certificate has expired or is not valid yet.',
    fix: 'Let the client use a certificate that is in its validity period, and check the clock of the server.',
  },
  untrusted: {
    code: 'P010103',
    error: 'invalid_client',
    spec: 'RFC 8705 §2.1',
    message: 'The client certificate does not chain to a trusted root certificate of the service.',
    fix: 'Add the root certificate to the service, and pass the intermediate certificates as `clientCertificatePath`.',
    settings: ['service.trustedRootCertificates', 'service.mutualTlsValidatePkiCertChain'],
  },
  otherSubject: {
    code: 'P010104',
    error: 'invalid_client',
    spec: 'RFC 8705 §2.1.2',
    message: 'The subject of the client certificate does not match the registered subject.',
    fix: 'Register the subject or alternative name of the certificate for the client, as the certificate has it.',
    settings: [
      'client.tlsClientAuthSubjectDn',
      'client.tlsClientAuthSanDns',
      'client.tlsClientAuthSanUri',
      'client.tlsClientAuthSanIp',
      'client.tlsClientAuthSanEmail',
    ],
  },
  notRegistered: {
    code: 'P010105',
    error: 'invalid_client',
    spec: 'RFC 8705 §2.2',
    message: 'The client certificate does not match a certificate that the client registered.',
    fix: 'Register the certificate, or its public key, in the key set of the client.',
    settings: ['client.jwks', 'client.jwksUri', 'client.selfSignedCertificateKeyId'],
  },
  unverifiable: {
    code: 'P010106',
    error: 'invalid_client',
    spec: 'RFC 8705 §2.1',
    message:
      'The method tls_client_auth cannot be used: the service has no trusted root certificates.',
    fix: 'Add the trusted root certificates to the service, or let the TLS terminator verify chains.',
    settings: [
      'service.trustedRootCertificates',
      'service.mutualTlsValidatePkiCertChain',
      'service.ext.mtls.chain_verified_by_terminator',
    ],
  },
})

/** The limit of certificates in a chain, against denial of service. */
const longestPath = 10

/** Parses a certificate and checks its validity period; `now` is in milliseconds. */
export function requireValidCertificate(text: string, now: number): X509Certificate {
  const certificate = readCertificate(text) ?? refuse(rules.malformed)
  if (!isInTime(certificate, now)) {
    const given = `${certificate.validFrom} to ${certificate.validTo}`
    refuse(rules.outOfTime, { given, note: 'The period of the certificate.' })
  }
  return certificate
}

export const verifiedByTerminator = defineAttribute({
  name: 'ext.mtls.chain_verified_by_terminator',
  of: 'service',
  form: flag,
  fallback: false,
  effect:
    'With `true` and `mutualTlsValidatePkiCertChain` `false`, `tls_client_auth` does not require ' +
    '`trustedRootCertificates`: the TLS terminator must verify the chain of each client ' +
    'certificate. Without either, clients cannot register the method.',
  spec: 'RFC 8705 §2.1',
})

/**
 * Where certificate chains are verified, RFC 8705 §2.1: by Postern or by the TLS terminator.
 * Undefined: nowhere. Anyone could then make a certificate for the subject of a client, so
 * `tls_client_auth` cannot be used.
 */
export function chainVerifier(
  service: Pick<
    Service,
    'attributes' | 'mutualTlsValidatePkiCertChain' | 'trustedRootCertificates'
  >,
): 'roots' | 'terminator' | undefined {
  const { mutualTlsValidatePkiCertChain, trustedRootCertificates } = service
  if (!mutualTlsValidatePkiCertChain && verifiedByTerminator.read(service)) return 'terminator'
  return rootsOf(trustedRootCertificates).length > 0 ? 'roots' : undefined
}

/** RFC 8705 §2.1: the chain must lead to a root of the service, unless the terminator verified. */
export async function requireTrusted(
  certificate: X509Certificate,
  path: readonly string[] | undefined,
  service: Service,
  now: number,
): Promise<void> {
  const verifier = chainVerifier(service) ?? refuse(rules.unverifiable)
  if (verifier === 'terminator') return
  const given = (path ?? []).map((text) => readCertificates(text, longestPath))
  if (given.length > longestPath || given.some((each) => each.length === 0)) {
    refuse(rules.malformed, `${given.length} certificates in addition to the client certificate`)
  }
  const roots = rootsOf(service.trustedRootCertificates)
  if (!(await chainsToRoot(certificate, given.flat(), roots, now))) refuse(rules.untrusted)
}

/** RFC 8705 §2.1.2: the certificate must contain the one subject name that is registered. */
export function requireSubject(certificate: X509Certificate, client: Client): void {
  const facts = factsOf(certificate) ?? refuse(rules.malformed)
  // The subject is undefined in a certificate without one, despite the type.
  if (!isFor(facts, client)) {
    const expected = client.tlsClientAuthSubjectDn
    const setting = expected ? 'client.tlsClientAuthSubjectDn' : undefined
    refuse(rules.otherSubject, { given: String(certificate.subject), setting, expected })
  }
}

function isFor({ subject, names }: CertificateFacts, client: Client): boolean {
  const { tlsClientAuthSubjectDn, tlsClientAuthSanIp } = client
  const { tlsClientAuthSanDns, tlsClientAuthSanUri, tlsClientAuthSanEmail } = client
  if (tlsClientAuthSubjectDn) return isSameName(parseName(tlsClientAuthSubjectDn) ?? [], subject)
  if (tlsClientAuthSanDns) {
    // A wildcard matches many hosts, so it does not identify a client.
    const expected = tlsClientAuthSanDns.toLowerCase()
    return !expected.includes('*') && names.dns.some((name) => name.toLowerCase() === expected)
  }
  if (tlsClientAuthSanUri) return names.uri.includes(tlsClientAuthSanUri)
  if (tlsClientAuthSanEmail) {
    const expected = mailbox(tlsClientAuthSanEmail)
    return names.email.some((name) => mailbox(name) === expected)
  }
  const address = tlsClientAuthSanIp && addressOf(tlsClientAuthSanIp)
  return !!address && names.ip.includes(address)
}

/** Only the host of a mailbox is case-insensitive, RFC 5280 §7.5. */
const mailbox = (text: string): string => text.replace(/@[^@]*$/, (host) => host.toLowerCase())

/** The bytes of an IP address in hexadecimal, RFC 5280 §4.2.1.6; undefined for other text. */
export function addressOf(text: string): string | undefined {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number)).toString('hex')
  if (!isIPv6(text) || !isUrl(`http://[${text}]`)) return undefined
  // The URL parser normalizes the spelling, without dotted IPv4 parts.
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::')
  const groups = (part: string | undefined) => (part ? part.split(':') : [])
  const missing = 8 - groups(head).length - groups(tail).length
  const all = [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail)]
  return all.map((group) => group.padStart(4, '0')).join('')
}

/**
 * RFC 8705 §2.2: whether a key of the set has this certificate as `x5c`, or else its key. Only the
 * former counts for a client that registered automatically, OpenID Federation §12.1.1.2.
 */
export function isRegistered(certificate: X509Certificate, set: KeySet, client: Client): boolean {
  const { selfSignedCertificateKeyId, automaticallyRegistered } = client
  return set.keys
    .filter(({ kid }) => !selfSignedCertificateKeyId || kid === selfSignedCertificateKeyId)
    .filter(({ x5c }) => !automaticallyRegistered || x5c !== undefined)
    .some((key) => isOf(certificate, key))
}

const keyMembers = ['kty', 'crv', 'x', 'y', 'n', 'e'] as const

function isOf(certificate: X509Certificate, key: JWK): boolean {
  if (!permits(key, 'verify')) return false
  if (key.x5c !== undefined) {
    const [first] = Array.isArray(key.x5c) ? key.x5c : []
    return typeof first === 'string' && Buffer.from(first, 'base64').equals(certificate.raw)
  }
  const own = publicKeyOf(certificate)
  return !!own && keyMembers.every((name) => key[name] === own[name])
}

/** Undefined if the key type has no JWK form. */
function publicKeyOf(certificate: X509Certificate): JWK | undefined {
  try {
    return certificate.publicKey.export({ format: 'jwk' }) as JWK
  } catch {
    return undefined
  }
}

export function requireRegistered(isKnown: boolean): void {
  if (!isKnown) refuse(rules.notRegistered)
}
