/** An authorization server in Express: Postern decides, and this file relays what it answers. */
import express from 'express'
import {
  credentialsOf,
  isResourceServer,
  post,
  presentedBy,
  read,
  respond,
  serve,
} from './postern.js'

/** Your login and consent pages belong here. This one believes everyone. */
const page = (ticket) => `<!doctype html><title>Log in</title><form method="post" action="/login">
  <input type="hidden" name="ticket" value="${ticket}"><label>User <input name="subject"></label>
  <button name="decision" value="allow">Allow</button><button>Deny</button></form>`
const html = { 'Content-Type': 'text/html;charset=utf-8', 'Cache-Control': 'no-store' }

const formOf = (req) => req.body ?? ''
const queryOf = (req) => req.originalUrl.split('?').slice(1).join('?')

async function authorize(req) {
  const parameters = req.method === 'POST' ? formOf(req) : queryOf(req)
  const answer = await post('auth/authorization', { parameters })
  const { action, ticket } = answer
  if (action === 'INTERACTION') return respond(200, html, page(ticket))
  if (action !== 'NO_INTERACTION') return answer
  return post('auth/authorization/fail', { ticket, reason: 'NOT_LOGGED_IN' })
}

async function logIn(req) {
  const { ticket, subject, decision } = Object.fromEntries(new URLSearchParams(formOf(req)))
  if (decision === 'allow') return post('auth/authorization/issue', { ticket, subject })
  return post('auth/authorization/fail', { ticket, reason: 'DENIED' })
}

const relay = (operation) => (req) =>
  post(operation, { parameters: formOf(req), ...credentialsOf(req) })

async function userInfo(req) {
  const presented = presentedBy(req)
  const answer = await post('auth/userinfo', presented)
  if (answer.action !== 'OK') return answer
  // Your claims about the user belong here, as JSON.
  const issued = await post('auth/userinfo/issue', { token: presented.token, claims: '{}' })
  return { ...issued, dpopNonce: answer.dpopNonce }
}

async function introspect(req) {
  if (isResourceServer(req)) return post('auth/introspection/standard', { parameters: formOf(req) })
  return respond(401, { 'WWW-Authenticate': 'Basic realm="introspection"' })
}

const configuration = () => read('service/configuration')
const app = express()
app.use(express.text({ type: '*/*', limit: '64kb' }))
app.all('/authorize', serve(authorize))
app.post('/login', serve(logIn))
app.post('/token', serve(relay('auth/token')))
app.post('/par', serve(relay('pushed_auth_req')))
app.post('/revoke', serve(relay('auth/revocation')))
app.post('/introspect', serve(introspect))
app.all('/userinfo', serve(userInfo))
app.get(
  '/jwks',
  serve(() => read('service/jwks/get')),
)
app.get('/.well-known/openid-configuration', serve(configuration))
app.get('/.well-known/oauth-authorization-server', serve(configuration))
app.use(({ message, status = 500 }, _req, res, _next) => {
  console.error(message)
  res.status(status).json({ error: status < 500 ? 'invalid_request' : 'server_error' })
})
app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
