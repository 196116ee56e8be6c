/** Tokens that are bound to a client certificate, RFC 8705 §3. */
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

/** The thumbprint `x5t#S256` of a certificate in PEM or base64, RFC 8705 §3.1. */
export const certificateThumbprint = (text: string): string =>
  createHash('sha256').update(parseCertificate(text).raw).digest('base64url')

/** RFC 8705 §3: a client with certificate-bound tokens must present its certificate. */
export function requireCertificate(thumbprint: string | undefined): void {
  if (thumbprint === undefined) refuse(rules.missing)
}

/** RFC 8705 §4: a public client must refresh with the same certificate. */
export function requireGrantCertificate(
  bound: string | undefined,
  presented: { certificateThumbprint?: string | undefined },
): void {
  if (bound !== undefined && bound !== presented.certificateThumbprint) {
    refuse(rules.grantOtherCertificate)
  }
}

/**
 * RFC 8705 §3: the certificate of the request must match the one that the token is bound to.
 */
export function requireTokenCertificate(bound: string | undefined, presented: string | undefined) {
  if (bound !== undefined && bound !== presented) refuse(rules.otherCertificate)
}
