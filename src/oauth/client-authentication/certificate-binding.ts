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
    fix: 'Pass the client certificate in PEM or base64 as `clientCertificate`, as the TLS terminator received it.',
  },
  missing: {
    code: 'P017002',
    error: 'invalid_request',
    spec: 'RFC 8705 §3',
    message: 'A client certificate is required: the access tokens of the client are bound to one.',
    fix: 'Connect with the client certificate, and pass it on as `clientCertificate`; or do not bind the tokens of the client.',
    settings: [
      'client.tlsClientCertificateBoundAccessTokens',
      'service.tlsClientCertificateBoundAccessTokens',
    ],
  },
  otherCertificate: {
    code: 'P017003',
    error: 'invalid_token',
    spec: 'RFC 8705 §3',
    message:
      'The client certificate does not match the certificate that the access token is bound to.',
    fix: 'Call the resource with the certificate that the token was requested with.',
  },
  grantOtherCertificate: {
    code: 'P017004',
    error: 'invalid_grant',
    spec: 'RFC 8705 §4',
    message:
      'The client certificate does not match the certificate that the refresh token is bound to.',
    fix: 'Refresh with the certificate of the first token request, or ask the user to authorize again.',
  },
})

const parseCertificate = (text: string): X509Certificate =>
  readCertificate(text) ?? refuse(rules.malformed, { parameter: 'clientCertificate' })

/** The thumbprint `x5t#S256` of a certificate in PEM or base64, RFC 8705 §3.1. */
export const certificateThumbprint = (text: string): string =>
  createHash('sha256').update(parseCertificate(text).raw).digest('base64url')

/** RFC 8705 §3: a client with certificate-bound tokens must present its certificate. */
export function requireCertificate(thumbprint: string | undefined): void {
  if (thumbprint === undefined) refuse(rules.missing, { parameter: 'clientCertificate' })
}

/** RFC 8705 §4: a public client must refresh with the same certificate. */
export function requireGrantCertificate(
  bound: string | undefined,
  presented: { certificateThumbprint?: string | undefined },
): void {
  if (bound !== undefined && bound !== presented.certificateThumbprint) {
    refuse(rules.grantOtherCertificate, {
      given: presented.certificateThumbprint,
      expected: bound,
      note: 'They are thumbprints, x5t#S256.',
    })
  }
}

/**
 * RFC 8705 §3: the certificate of the request must match the one that the token is bound to.
 */
export function requireTokenCertificate(bound: string | undefined, presented: string | undefined) {
  if (bound !== undefined && bound !== presented) {
    const note = 'They are thumbprints, x5t#S256.'
    refuse(rules.otherCertificate, { given: presented, expected: bound, note })
  }
}
