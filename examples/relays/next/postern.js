/** Calls of Postern, the responses that it prepared for clients, and what requests prove. */
import { timingSafeEqual } from 'node:crypto'
import { unescape as decode } from 'node:querystring'

const { POSTERN_URL, POSTERN_SERVICE, POSTERN_TOKEN, ISSUER, RESOURCE_SERVER } = process.env
const headers = {
  Authorization: `Bearer ${POSTERN_TOKEN}`,
  ...{ 'Content-Type': 'application/json', Prefer: 'relay' },
}

async function request(operation, init) {
  const url = `${POSTERN_URL}/api/${POSTERN_SERVICE}/${operation}`
  const response = await fetch(url, { headers, cache: 'no-store', ...init })
  if (response.ok) return response.json()
  const status = response.status === 400 ? 400 : 500
  throw Object.assign(new Error(`${operation}: ${await response.text()}`), { status })
}
export const post = (operation, body) =>
  request(operation, { method: 'POST', body: JSON.stringify(body) })

/** A response of the frontend's own, in the form of those of Postern. */
export const respond = (status, headers, body) => ({ relay: { status, headers, body } })

/** A document that anyone may read. */
export const read = async (operation) =>
  respond(200, { 'Content-Type': 'application/json' }, JSON.stringify(await request(operation)))

/** What Postern, or the frontend, wants the client to get. */
export function send({ relay, dpopNonce }) {
  const nonce = dpopNonce ? { 'DPoP-Nonce': dpopNonce } : {}
  return new Response(relay.body, { status: relay.status, headers: { ...nonce, ...relay.headers } })
}

const authorizationOf = (req) => /^(\S+) +(\S+)$/.exec(req.headers.get('Authorization') ?? '') ?? []
const proofOf = (req) => ({
  dpop: req.headers.get('DPoP') ?? undefined,
  ...{ htm: req.method, htu: ISSUER + new URL(req.url).pathname },
})

/** HTTP Basic, whose parts are form-encoded (RFC 6749 §2.3.1), and the DPoP proof. */
export function credentialsOf(req) {
  const [, scheme, value] = authorizationOf(req)
  if (scheme?.toLowerCase() !== 'basic') return proofOf(req)
  const parts = Buffer.from(value, 'base64').toString().replaceAll('+', ' ').split(':')
  return { clientId: decode(parts[0]), clientSecret: decode(parts[1] ?? ''), ...proofOf(req) }
}

/** An access token. A proof counts with the scheme DPoP only (RFC 9449 §7.1). */
export function presentedBy(req) {
  const [, scheme, token] = authorizationOf(req)
  const { dpop, ...request } = proofOf(req)
  return { token, ...request, ...(scheme?.toLowerCase() === 'dpop' ? { dpop } : {}) }
}

/** RFC 7662 §2.1: a resource server authenticates, here with `RESOURCE_SERVER=id:secret`. */
export function isResourceServer(req) {
  const expected = Buffer.from(`Basic ${Buffer.from(RESOURCE_SERVER ?? '').toString('base64')}`)
  const given = Buffer.from(req.headers.get('Authorization') ?? '')
  return !!RESOURCE_SERVER && given.length === expected.length && timingSafeEqual(given, expected)
}
