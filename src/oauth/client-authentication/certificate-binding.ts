/** Client certificates as frontends hand them over, RFC 8705. */
import { createHash, type X509Certificate } from 'node:crypto'
import { defineRules, refuse } from '../../refusal.ts'
import { readCertificate } from '../../x509/certificate.ts'

const rules = defineRules('Client certificate', {
  malformed: {
    code: 'P017001',
    error: 'invalid_request',
    spec: 'RFC 8705 §3',
    message: 'The client certificate cannot be parsed.',
  },
  missing: {
    code: 'P017002',
    error: 'invalid_request',
    spec: 'RFC 8705 §3',
    message: 'A client certificate is required: the access tokens of the client are bound to one.',
  },
  otherCertificate: {
    code: 'P017003',
    error: 'invalid_token',
    spec: 'RFC 8705 §3',
    message:
      'The client certificate does not match the certificate that the access token is bound to.',
  },
  grantOtherCertificate: {
    code: 'P017004',
    error: 'invalid_grant',
    spec: 'RFC 8705 §4',
    message:
      'The client certificate does not match the certificate that the refresh token is bound to.',
  },
})

const parseCertificate = (text: string): X509Certificate =>
  readCertificate(text) ?? refuse(rules.malformed)

/** `x5t#S256`, RFC 8705 §3.1. */
export const certificateThumbprint = (text: string): string =>
  createHash('sha256').update(parseCertificate(text).raw).digest('base64url')

/** A client whose tokens are bound to its certificate has to present it, RFC 8705 §3. */
export function requireCertificate(thumbprint: string | undefined): void {
  if (thumbprint === undefined) refuse(rules.missing)
}

/** RFC 8705 §4: a public client refreshes over a connection with the same certificate. */
export function requireGrantCertificate(
  bound: string | undefined,
  presented: { certificateThumbprint?: string | undefined },
): void {
  if (bound !== undefined && bound !== presented.certificateThumbprint) {
    refuse(rules.grantOtherCertificate)
  }
}

/**
 * RFC 8705 §3: the protected resource matches the certificate of the connection with the token's.
 */
export function requireTokenCertificate(bound: string | undefined, presented: string | undefined) {
  if (bound !== undefined && bound !== presented) refuse(rules.otherCertificate)
}
