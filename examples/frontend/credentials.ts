/**
 * What a request proves besides its parameters: by its connection (a certificate) and by its
 * headers (a secret, a DPoP proof, an attestation, an access token). Postern checks all of it.
 */
import { X509Certificate } from 'node:crypto'
import { TLSSocket } from 'node:tls'
import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'

/** What a client authenticates by, and what its tokens get bound to. */
export const clientCredentials = (c: Context, publicUrl: string | undefined) => ({
  ...basicCredentials(c),
  ...(c.req.header('DPoP') === undefined ? {} : proof(c, publicUrl)),
  ...certificates(c),
  oauthClientAttestation: c.req.header('OAuth-Client-Attestation'),
  oauthClientAttestationPop: c.req.header('OAuth-Client-Attestation-PoP'),
})

/** RFC 6749 §2.3.1: client id and secret are form-encoded before they are joined by a colon. */
export function basicCredentials(c: Context): { clientId?: string; clientSecret?: string } {
  const encoded = /^Basic +(\S*)$/i.exec(c.req.header('Authorization') ?? '')?.[1]
  if (encoded === undefined) return {}
  const [, clientId, clientSecret] =
    /^([^:]*):?(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  return { clientId: formDecoded(clientId), clientSecret: formDecoded(clientSecret) }
}

function formDecoded(text = ''): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** What a DPoP proof is checked against, RFC 9449 §4.3. */
function proof(c: Context, publicUrl: string | undefined) {
  const { origin, pathname } = new URL(c.req.url)
  return { dpop: c.req.header('DPoP'), htm: c.req.method, htu: (publicUrl ?? origin) + pathname }
}

/** RFC 9449 §4.3: several DPoP headers arrive joined by a comma, which no proof contains. */
export const refuseSeveralProofs: MiddlewareHandler = async (c, next) => {
  if (!c.req.header('DPoP')?.includes(',')) return next()
  const error_description = 'The request has more than one DPoP header.'
  return c.json({ error: 'invalid_dpop_proof', error_description }, 400)
}

/** For a listener that verifies client certificates itself (`tlsOptions` with `clientCa`). */
export const passVerifiedOnly: MiddlewareHandler = async (c, next) => {
  c.set('verifiedCertificatesOnly', true)
  await next()
}

/**
 * The certificate of a TLS connection and those above it, as the client sent them, RFC 8705. Where
 * a proxy ends TLS, take them from the header that it sets, and let nobody else set that header.
 */
function certificates(c: Context) {
  const socket = (c.env as Partial<HttpBindings> | undefined)?.incoming?.socket
  if (!(socket instanceof TLSSocket)) return {}
  // Postern then takes every certificate for one whose chain was verified here.
  if (c.get('verifiedCertificatesOnly') && !socket.authorized) return {}
  const chain: string[] = []
  let certificate = socket.getPeerCertificate(true)
  while (certificate?.raw) {
    chain.push(new X509Certificate(certificate.raw).toString())
    // A self-signed certificate is its own issuer.
    if (certificate.issuerCertificate === certificate) break
    certificate = certificate.issuerCertificate
  }
  const [clientCertificate, ...clientCertificatePath] = chain
  return clientCertificate ? { clientCertificate, clientCertificatePath } : {}
}

/** An access token, with whatever shows that it is its owner who uses it. */
export interface PresentedToken {
  token: string
  dpop?: string | undefined
  htm: string
  htu: string
  clientCertificate?: string | undefined
}

/**
 * The token comes in the header or in a form, once, and in the query it counts for nothing but a
 * second one, RFC 6750 §2. A proof counts with the scheme DPoP only: without one, Postern refuses a
 * token that is bound to a key, RFC 9449 §7.2. Where there is no one token, the response says so.
 */
export async function presentedToken(
  c: Context,
  publicUrl: string | undefined,
): Promise<PresentedToken | Response> {
  const header = c.req.header('Authorization') ?? ''
  const [, scheme = '', inHeader] = /^(Bearer|DPoP) +(\S+)$/i.exec(header) ?? []
  const form = c.req.method === 'POST' ? await c.req.parseBody({ all: true }) : {}
  const inForm = [form['access_token'] ?? []].flat()
  const inQuery = c.req.queries('access_token') ?? []
  const given = [...(inHeader ? [inHeader] : []), ...inForm]
  if (given.length + inQuery.length > 1) return challenge(c, 400, invalidRequest)
  const [token] = given
  // RFC 6750 §3.1: no error is named to who did not even try.
  if (typeof token !== 'string') return challenge(c, 401, 'Bearer, DPoP')
  const { dpop, ...request } = proof(c, publicUrl)
  const { clientCertificate } = certificates(c)
  const isDpop = scheme.toLowerCase() === 'dpop'
  return { token, ...request, clientCertificate, ...(isDpop ? { dpop } : {}) }
}

const invalidRequest =
  'Bearer error="invalid_request", error_description="The request has to carry one token, once."'

const challenge = (c: Context, status: 400 | 401, value: string) =>
  c.body(null, status, { 'WWW-Authenticate': value, 'Cache-Control': 'no-store' })
