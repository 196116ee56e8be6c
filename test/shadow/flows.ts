/** Flows that a frontend plays through the proxy: each step builds on answers of the primary. */
import { createHash, randomBytes } from 'node:crypto'
import { form, redirectUri } from '../support/flows.ts'
import type { Json } from '../support/server.ts'
import { type Api, clientSettings } from './two.ts'

export interface Played {
  api: Api
  client: Json
}

const credentials = ({ client }: Played) => ({
  clientId: String(client.clientId),
  clientSecret: client.clientSecret,
})

const token = (played: Played, parameters: Record<string, string>): Promise<Json> =>
  played.api('/auth/token', { parameters: form(parameters), ...credentials(played) })

/** Fails if the primary answers otherwise, so that no flow ends early without notice. */
function expectAction(answer: Json, action: string): Json {
  if (answer?.action === action) return answer
  throw new Error(`Expected ${action}: ${JSON.stringify(answer)}`)
}

export async function code(played: Played, more: { pushed?: boolean; scope?: string } = {}) {
  const { api, client } = played
  const verifier = randomBytes(32).toString('base64url')
  const request = {
    response_type: 'code',
    client_id: String(client.clientId),
    redirect_uri: redirectUri,
    scope: more.scope ?? 'openid profile read',
    state: 'state of the client',
    nonce: 'nonce-of-the-client',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }
  let sent: Record<string, string> = request
  if (more.pushed) {
    const parameters = form(request)
    const pushed = await api('/pushed_auth_req', { parameters, ...credentials(played) })
    expectAction(pushed, 'CREATED')
    sent = { client_id: request.client_id, request_uri: pushed.requestUri }
  }
  const asked = await api('/auth/authorization', { parameters: form(sent) })
  const { ticket } = expectAction(asked, 'INTERACTION')
  const claims = JSON.stringify({ name: 'Alice' })
  const authTime = Math.floor(Date.now() / 1_000)
  const issued = await api('/auth/authorization/issue', {
    ...{ ticket, subject: 'alice', claims, authTime },
  })
  expectAction(issued, 'LOCATION')
  const redeemed = new URL(issued.responseContent).searchParams.get('code') ?? ''
  const parameters = { grant_type: 'authorization_code', redirect_uri: redirectUri }
  return expectAction(
    await token(played, { ...parameters, code: redeemed, code_verifier: verifier }),
    'OK',
  )
}

export async function refresh(played: Played): Promise<void> {
  const issued = await code(played)
  const again = await token(played, {
    grant_type: 'refresh_token',
    refresh_token: issued.refreshToken,
  })
  expectAction(again, 'OK')
  const shown = await played.api('/auth/introspection', { token: again.accessToken })
  expectAction(shown, 'OK')
  const { refreshToken } = again
  const parameters = form({ token: refreshToken })
  expectAction(await played.api('/auth/revocation', { parameters, ...credentials(played) }), 'OK')
  expectAction(
    await played.api('/auth/introspection', { token: again.accessToken }),
    'UNAUTHORIZED',
  )
  const replayed = { grant_type: 'refresh_token', refresh_token: refreshToken }
  expectAction(await token(played, replayed), 'BAD_REQUEST')
}

export async function userInfo(played: Played): Promise<void> {
  const { accessToken } = await code(played)
  const asked = await played.api('/auth/userinfo', { token: accessToken })
  expectAction(asked, 'OK')
  const claims = JSON.stringify({ name: 'Alice', family_name: 'Doe' })
  const shown = await played.api('/auth/userinfo/issue', { token: accessToken, claims })
  expectAction(shown, 'JSON')
}

export async function clientCredentials(played: Played, scope = 'read write'): Promise<Json> {
  const issued = await token(played, { grant_type: 'client_credentials', scope })
  expectAction(issued, 'OK')
  const { accessToken } = issued
  await played.api('/auth/introspection', { token: accessToken, scopes: ['read'] })
  const shown = await played.api('/auth/introspection', { token: accessToken, scopes: ['openid'] })
  expectAction(shown, 'FORBIDDEN')
  return issued
}

export async function device(played: Played): Promise<void> {
  const parameters = form({ scope: 'openid read' })
  const asked = await played.api('/device/authorization', { parameters, ...credentials(played) })
  expectAction(asked, 'OK')
  const { userCode } = asked
  expectAction(await played.api('/device/verification', { userCode }), 'VALID')
  const decision = { userCode, result: 'AUTHORIZED', subject: 'alice' }
  expectAction(await played.api('/device/complete', decision), 'SUCCESS')
  const grantType = 'urn:ietf:params:oauth:grant-type:device_code'
  const polled = await token(played, { grant_type: grantType, device_code: asked.deviceCode })
  expectAction(polled, 'OK')
}

export async function ciba(played: Played): Promise<void> {
  const parameters = form({ scope: 'openid read', login_hint: 'alice' })
  const begun = { parameters, ...credentials(played) }
  const asked = await played.api('/backchannel/authentication', begun)
  const { ticket } = expectAction(asked, 'USER_IDENTIFICATION')
  const issued = await played.api('/backchannel/authentication/issue', { ticket })
  const { auth_req_id } = JSON.parse(expectAction(issued, 'OK').responseContent)
  const decision = { ticket, result: 'AUTHORIZED', subject: 'alice' }
  await played.api('/backchannel/authentication/complete', decision)
  const grantType = 'urn:openid:params:grant-type:ciba'
  expectAction(await token(played, { grant_type: grantType, auth_req_id }), 'OK')
}

export async function management({ api }: Played): Promise<void> {
  const made = await api('/client/create', { ...clientSettings, clientName: 'Another' })
  const { clientId } = made
  await api(`/client/update/${clientId}`, { ...made, clientName: 'Renamed' })
  await api(`/client/get/${clientId}`)
  await clientCredentials({ api, client: made })
  const json = JSON.stringify({ redirect_uris: [redirectUri], client_name: 'Registered' })
  const registered = expectAction(await api('/client/registration', { json }), 'CREATED')
  const document = JSON.parse(registered.responseContent)
  const presented = { clientId: document.client_id, token: document.registration_access_token }
  expectAction(await api('/client/registration/get', presented), 'OK')
  expectAction(await api('/client/registration/delete', presented), 'DELETED')
}

/** Requests that both sides refuse. */
export async function refused(played: Played): Promise<void> {
  expectAction(await token(played, { grant_type: 'unknown' }), 'BAD_REQUEST')
  expectAction(await played.api('/auth/authorization', { parameters: 'a=b' }), 'BAD_REQUEST')
  expectAction(await played.api('/auth/introspection', { token: 'unknown' }), 'UNAUTHORIZED')
  const { ticket } = await played.api('/auth/authorization', {
    parameters: form({
      ...{ response_type: 'code', client_id: String(played.client.clientId), scope: 'openid' },
      ...{ redirect_uri: redirectUri, state: 'x', response_mode: 'form_post' },
    }),
  })
  const failed = await played.api('/auth/authorization/fail', { ticket, reason: 'DENIED' })
  expectAction(failed, 'FORM')
}

export const mixed = [
  code,
  (played: Played) => code(played, { pushed: true }),
  refresh,
  userInfo,
  clientCredentials,
  device,
  ciba,
  management,
  refused,
] as const
