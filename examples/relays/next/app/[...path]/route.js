/** An authorization server in Next.js: Postern decides, and this route relays what it answers. */
import {
  credentialsOf,
  isResourceServer,
  post,
  presentedBy,
  read,
  respond,
  send,
} from '../../postern.js'

/** Your login and consent pages belong here. This one believes everyone. */
const page = (ticket) => `<!doctype html><title>Log in</title><form method="post" action="/login">
  <input type="hidden" name="ticket" value="${ticket}"><label>User <input name="subject"></label>
  <button name="decision" value="allow">Allow</button><button>Deny</button></form>`
const html = { 'Content-Type': 'text/html;charset=utf-8', 'Cache-Control': 'no-store' }

async function authorize(req) {
  const query = new URL(req.url).search.slice(1)
  const parameters = req.method === 'POST' ? await req.text() : query
  const answer = await post('auth/authorization', { parameters })
  const { action, ticket } = answer
  if (action === 'INTERACTION') return respond(200, html, page(ticket))
  if (action !== 'NO_INTERACTION') return answer
  return post('auth/authorization/fail', { ticket, reason: 'NOT_LOGGED_IN' })
}

async function logIn(req) {
  const { ticket, subject, decision } = Object.fromEntries(new URLSearchParams(await req.text()))
  if (decision === 'allow') return post('auth/authorization/issue', { ticket, subject })
  return post('auth/authorization/fail', { ticket, reason: 'DENIED' })
}

const relay = (operation) => async (req) =>
  post(operation, { parameters: await req.text(), ...credentialsOf(req) })

async function userInfo(req) {
  const presented = presentedBy(req)
  const answer = await post('auth/userinfo', presented)
  if (answer.action !== 'OK') return answer
  // Your claims about the user belong here, as JSON.
  const issued = await post('auth/userinfo/issue', { token: presented.token, claims: '{}' })
  return { ...issued, dpopNonce: answer.dpopNonce }
}

async function introspect(req) {
  if (!isResourceServer(req))
    return respond(401, { 'WWW-Authenticate': 'Basic realm="introspection"' })
  return post('auth/introspection/standard', { parameters: await req.text() })
}

const routes = {
  '/authorize': { GET: authorize, POST: authorize },
  '/login': { POST: logIn },
  '/token': { POST: relay('auth/token') },
  '/par': { POST: relay('pushed_auth_req') },
  '/revoke': { POST: relay('auth/revocation') },
  '/introspect': { POST: introspect },
  '/userinfo': { GET: userInfo, POST: userInfo },
  '/jwks': { GET: () => read('service/jwks/get') },
  '/.well-known/openid-configuration': { GET: () => read('service/configuration') },
  '/.well-known/oauth-authorization-server': { GET: () => read('service/configuration') },
}

async function handle(req) {
  const endpoint = routes[new URL(req.url).pathname]?.[req.method]
  if (!endpoint) return new Response(null, { status: 404 })
  return endpoint(req).then(send, ({ message, status = 500 }) => {
    console.error(message)
    const error = status < 500 ? 'invalid_request' : 'server_error'
    return Response.json({ error }, { status })
  })
}

export { handle as GET, handle as POST }
