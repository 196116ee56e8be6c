/** The work, as a frontend asks it of Postern, and as clients ask the same of oidc-provider. */
import { challenge, form, redirectUri, verifier } from '../support/flows.ts'
import { credentialCycle } from './credentials.ts'
import { knownParty, newParties, signedRequests } from './federation.ts'
import { type HydraClient, hydraIntrospection, hydraToken } from './hydra.ts'
import { type Cycle, expectAction, expectGood, type Sender } from './load.ts'
import type { Seeded } from './seed.ts'

export interface Work {
  name: string
  /** Undefined if what was seeded does not suffice. */
  postern: (seeded: Seeded) => Cycle | undefined
  peer?: () => Cycle
  hydra?: (client: HydraClient) => Cycle
}

const authorization = (clientId: string) => ({
  response_type: 'code',
  client_id: clientId,
  redirect_uri: redirectUri,
  scope: 'openid profile',
  state: 'some-state',
  nonce: 'some-nonce',
  code_challenge: challenge,
  code_challenge_method: 'S256',
})

const cibaGrant = 'urn:openid:params:grant-type:ciba'

/** Calls of one client of one service; the services take turns. */
function callerOf(seeded: Seeded, sender: Sender, turn: number, only?: number) {
  const { serviceIds } = seeded
  const serviceId = only ?? serviceIds[turn % serviceIds.length]
  const credentials = { clientId: String(seeded.clientId), clientSecret: seeded.clientSecret }
  const call = async (operation: string, body: unknown, action: string) =>
    expectAction(await sender.post(`/api/${serviceId}${operation}`, body), action)
  const ask = (operation: string, parameters: Record<string, string>, action: string) =>
    call(operation, { parameters: form(parameters), ...credentials }, action)
  return { call, ask, serviceId }
}

const clientCredentials = { grant_type: 'client_credentials', scope: 'read' }

function codeCycle(seeded: Seeded): Cycle {
  return async (sender, turn) => {
    const { call, ask } = callerOf(seeded, sender, turn)
    const parameters = form(authorization(String(seeded.clientId)))
    const { ticket } = await call('/auth/authorization', { parameters }, 'INTERACTION')
    const given = { ticket, subject: 'alice' }
    const { authorizationCode } = await call('/auth/authorization/issue', given, 'LOCATION')
    const { accessToken } = await ask('/auth/token', codeGrant(String(authorizationCode)), 'OK')
    await call('/auth/introspection', { token: accessToken }, 'OK')
  }
}

const codeGrant = (code: string) => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: redirectUri,
  code_verifier: verifier,
})

/** Every connection has a chain of its own, which begins with a code. */
function refreshing(seeded: Seeded): Cycle {
  const current = new Map<Sender, { refreshToken: string; turn: number }>()
  return async (sender, turn) => {
    const known = current.get(sender)
    const { call, ask } = callerOf(seeded, sender, known?.turn ?? turn)
    const refresh = async (refreshToken: string) => {
      const parameters = { grant_type: 'refresh_token', refresh_token: refreshToken }
      const answer = await ask('/auth/token', parameters, 'OK')
      return String(answer['refreshToken'])
    }
    if (known) {
      known.refreshToken = await refresh(known.refreshToken)
      return
    }
    const parameters = form(authorization(String(seeded.clientId)))
    const { ticket } = await call('/auth/authorization', { parameters }, 'INTERACTION')
    const given = { ticket, subject: 'alice' }
    const { authorizationCode } = await call('/auth/authorization/issue', given, 'LOCATION')
    const { refreshToken } = await ask('/auth/token', codeGrant(String(authorizationCode)), 'OK')
    current.set(sender, { refreshToken: String(refreshToken), turn })
  }
}

function cibaCycle(seeded: Seeded): Cycle {
  return async (sender, turn) => {
    const { call, ask } = callerOf(seeded, sender, turn)
    const request = { scope: 'openid profile', login_hint: 'alice' }
    const { ticket } = await ask('/backchannel/authentication', request, 'USER_IDENTIFICATION')
    const { authReqId } = await call('/backchannel/authentication/issue', { ticket }, 'OK')
    const decision = { ticket, result: 'AUTHORIZED', subject: 'alice' }
    await call('/backchannel/authentication/complete', decision, 'NO_ACTION')
    await ask('/auth/token', { grant_type: cibaGrant, auth_req_id: String(authReqId) }, 'OK')
  }
}

const introspection = (seeded: Seeded): Cycle => {
  const body = { token: seeded.token }
  return async (sender, turn) => {
    const { call } = callerOf(seeded, sender, turn)
    await call('/auth/introspection', body, 'OK')
  }
}

const credentialsToken =
  (only?: number) =>
  (seeded: Seeded): Cycle =>
  async (sender, turn) => {
    const { ask } = callerOf(seeded, sender, turn, only)
    await ask('/auth/token', clientCredentials, 'OK')
  }

const authorizationRequest = (seeded: Seeded): Cycle => {
  const parameters = form(authorization(String(seeded.clientId)))
  return async (sender, turn) => {
    const { call } = callerOf(seeded, sender, turn)
    await call('/auth/authorization', { parameters }, 'INTERACTION')
  }
}

const configuration =
  (seeded: Seeded): Cycle =>
  async (sender, turn) => {
    const { serviceId } = callerOf(seeded, sender, turn)
    await sender.get(`/api/${serviceId}/service/configuration`)
  }

const peerCredentials = {
  client_id: 'bench',
  client_secret: 'a-secret-of-the-client-that-is-long-enough',
}
const formField = 'Content-Type: application/x-www-form-urlencoded\r\n'

async function peerPost({ connection }: Sender, path: string, parameters: Record<string, string>) {
  const body = form({ ...parameters, ...peerCredentials })
  const answer = await connection.send('POST', path, formField, body)
  return JSON.parse(expectGood(answer.status, path, answer.body)) as Record<string, string>
}

/** As a browser follows it: cookies kept, redirects taken, until the client's own page. */
async function peerCode({ connection }: Sender): Promise<string> {
  const cookies = new Map<string, string>()
  let path = `/auth?${form(authorization('bench'))}`
  while (!path.startsWith(redirectUri)) {
    const kept = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await connection.send('GET', path, kept ? `Cookie: ${kept}\r\n` : '')
    expectGood(answer.status, path, answer.body)
    for (const [, name = '', value = ''] of answer.head.matchAll(/set-cookie: ([^=]+)=([^;]*)/gi)) {
      cookies.set(name, value)
    }
    const location = /\r\nlocation: (\S+)/i.exec(answer.head)?.[1] ?? ''
    if (!location) throw new Error(`${path} answered ${answer.status}, and no redirect.`)
    path = location.replace(/^http:\/\/127\.0\.0\.1:\d+/, '')
  }
  return new URL(path).searchParams.get('code') ?? ''
}

const peerToken = (more: Record<string, string>): Cycle => {
  return async (sender) => {
    await peerPost(sender, '/token', { ...clientCredentials, ...more })
  }
}

const peerIntrospection = (): Cycle => {
  let token: Promise<string> | undefined
  return async (sender) => {
    token ??= peerPost(sender, '/token', clientCredentials).then((its) => its['access_token'] ?? '')
    await peerPost(sender, '/token/introspection', { token: await token })
  }
}

const peerCodeCycle = (): Cycle => async (sender) => {
  const tokens = await peerPost(sender, '/token', codeGrant(await peerCode(sender)))
  await peerPost(sender, '/token/introspection', { token: tokens['access_token'] ?? '' })
}

const peerRefreshing = (): Cycle => {
  const current = new Map<Sender, string>()
  return async (sender) => {
    const known = current.get(sender)
    const tokens = await peerPost(
      sender,
      '/token',
      known
        ? { grant_type: 'refresh_token', refresh_token: known }
        : codeGrant(await peerCode(sender)),
    )
    current.set(sender, tokens['refresh_token'] ?? '')
  }
}

const resource = 'https://api.example.com'

export const works: Work[] = [
  {
    name: 'introspection',
    postern: introspection,
    peer: peerIntrospection,
    hydra: hydraIntrospection,
  },
  {
    name: 'client credentials',
    postern: credentialsToken(),
    peer: () => peerToken({}),
    hydra: (client) => {
      const issue = hydraToken(client)
      return async (sender) => {
        await issue(sender)
      }
    },
  },
  {
    name: 'client credentials, JWT',
    postern: (seeded) => {
      const { jwtServiceId } = seeded
      return jwtServiceId === undefined ? undefined : credentialsToken(jwtServiceId)(seeded)
    },
    peer: () => peerToken({ resource }),
  },
  { name: 'authorization request', postern: authorizationRequest },
  {
    name: 'authorization request, signed',
    postern: ({ federation }) => federation && signedRequests(federation),
  },
  { name: 'federation', postern: ({ federation }) => federation && knownParty(federation) },
  {
    name: 'federation, static chain',
    postern: ({ federation }) => federation && newParties(federation),
  },
  { name: 'code cycle', postern: codeCycle, peer: peerCodeCycle },
  { name: 'refresh', postern: refreshing, peer: peerRefreshing },
  { name: 'CIBA cycle', postern: cibaCycle },
  { name: 'configuration', postern: configuration },
  { name: 'credential', postern: ({ issuer }) => issuer && credentialCycle(issuer, 'diploma', 1) },
  {
    name: 'credential, mdoc',
    postern: ({ issuer }) => issuer && credentialCycle(issuer, 'mdl', 1),
  },
  {
    name: 'credential batch 100',
    postern: ({ issuer }) => issuer && credentialCycle(issuer, 'diploma', 100),
  },
  {
    name: 'credential batch 100, mdoc',
    postern: ({ issuer }) => issuer && credentialCycle(issuer, 'mdl', 100),
  },
]
