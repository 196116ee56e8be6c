/** What every request meets first: its size and form, other origins, and errors on their way out. */
import type { Context, Hono, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { errorPage } from './layout.ts'
import { PosternError } from './postern.ts'

export type Fault = 400 | 413 | 415 | 421 | 500

/** An error as whoever asked can read it: a page, or the JSON of RFC 6749 §5.2. */
export function fault(c: Context, status: Fault, error_description: string) {
  // What is left of the body is not read, so that nothing can come after it.
  if (status === 413 || status === 415) c.header('Connection', 'close')
  if (c.req.header('Accept')?.includes('text/html')) return errorPage(c, status, error_description)
  const error = status === 500 ? 'server_error' : 'invalid_request'
  return c.json({ error, error_description }, status, { 'Cache-Control': 'no-store' })
}

/** What Postern cannot read is of the request; everything else is a fault of this server. */
export function answerError(thrown: Error, c: Context) {
  console.error(thrown.message)
  const status = thrown instanceof PosternError ? thrown.status : 500
  return status === 400 || status === 413
    ? fault(c, status, 'The request cannot be read.')
    : fault(c, 500, 'Something broke.')
}

const limitOf = (kilobytes: number) =>
  bodyLimit({
    maxSize: kilobytes * 1024,
    onError: (c) => fault(c, 413, `The body is longer than ${kilobytes} KB.`),
  })
const limits = { usual: limitOf(64), long: limitOf(128), longest: limitOf(192) }

/** What wallets send: proofs for many keys are long, and longer where they are encrypted. */
const walletRequests = ['/credential', '/deferred_credential', '/notification']

/** Request objects may have a trust chain in their header. */
const longRequests = ['/authorize', '/par', ...walletRequests]

/** What a relying party registers with: a trust chain, or two of them in one header. */
const federationRequests = ['/federation/register']

/** As long as Postern takes them. */
export const limitBody: MiddlewareHandler = (c, next) => limitFor(c.req.path)(c, next)

const limitFor = (path: string) => {
  if (federationRequests.includes(path)) return limits.longest
  return longRequests.includes(path) ? limits.long : limits.usual
}

/**
 * Where requests are JSON or a JWT: registrations (RFC 7591 §3.1, OpenID Federation §12.2), and what
 * wallets send (OpenID4VCI §8).
 */
const withoutForms = [
  ...['/register', '/nonce', '/credentials'],
  ...walletRequests,
  ...federationRequests,
]

/** RFC 6749 appendix B: everything else that is posted here are forms. */
export const requireForm: MiddlewareHandler = async (c, next) => {
  const type = c.req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase()
  const isForm = type === undefined || type === 'application/x-www-form-urlencoded'
  if (isForm || c.req.method !== 'POST' || withoutForms.includes(c.req.path)) return next()
  return fault(c, 415, 'The body has to be application/x-www-form-urlencoded.')
}

/** A name that a client made up is no part of the URLs that DPoP proofs are for, RFC 9449 §4.3. */
export const requireLoopback: MiddlewareHandler = async (c, next) =>
  ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(c.req.url).hostname)
    ? next()
    : fault(c, 421, 'This server answers to other names only if FRONTEND_URL is set.')

/**
 * What clients that run in a browser call by themselves; they send no cookies. The authorization
 * endpoint and the pages are not for them: the browser itself goes there. A preflight request names
 * no client and is answered for any origin. The response itself, also an error, is only for the
 * origins of the client, if Postern tells any.
 */
export function allowOtherOrigins(app: Hono): void {
  const allow = cors({
    origin: '*',
    allowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type', 'DPoP', ...attestation],
    exposeHeaders: ['DPoP-Nonce', 'WWW-Authenticate', 'OAuth-Client-Attestation-Challenge'],
    maxAge: 600,
  })
  for (const path of forOtherOrigins) app.use(path, allow, onlyOriginsOfClient)
}

const onlyOriginsOfClient: MiddlewareHandler = async (c, next) => {
  await next()
  const origins: string[] | undefined = c.get('corsOrigins')
  if (!origins || origins.includes('*')) return
  const origin = c.req.header('Origin') ?? ''
  c.header('Access-Control-Allow-Origin', origins.includes(origin) ? origin : undefined)
  c.header('Vary', 'Origin', { append: true })
}

const attestation = ['OAuth-Client-Attestation', 'OAuth-Client-Attestation-PoP']

const forOtherOrigins = [
  ...['/.well-known/*', '/jwks', '/token', '/userinfo', '/revoke', '/par', '/resource'],
  ...['/register', '/register/*', '/device_authorization', '/vci/jwks', '/status/*', '/vct/*'],
  ...['/offer/*', '/nonce', '/credential', '/deferred_credential', '/notification'],
  '/credentials',
]
