/** Whole flows from the command line, judged by an OAuth client library of others. */
import * as oauth from 'oauth4webapi'
import { ask, type Json } from '../call.ts'
import type { Connection } from '../contexts.ts'
import { RemoteError } from '../failure.ts'
import { listenForCode } from './browser.ts'
import { frontendOf } from './frontend.ts'

export const flowNames = ['code', 'refresh', 'client-credentials'] as const
export type FlowName = (typeof flowNames)[number]

export interface Trial {
  flow: FlowName
  service: string
  /** Plays the frontend in the name of this user; without, a browser visits the frontend. */
  subject?: string | undefined
  /** Tells each step as it is done. */
  tell: (step: string, detail?: Json) => void
}

interface Party {
  as: oauth.AuthorizationServer
  client: oauth.Client
  authentication: oauth.ClientAuth
  options: Json
  redirectUri: string
  /** Sends the user to the authorization endpoint. */
  visit: (parameters: URLSearchParams) => Promise<URL>
  tell: Trial['tell']
}

/** Does a flow with a client of its own, which is deleted at the end. */
export async function tryFlow(connection: Connection, trial: Trial): Promise<void> {
  const { service, flow, tell } = trial
  const metadata = await ask(connection, {
    method: 'GET',
    path: `/api/${service}/service/configuration`,
  })
  tell('read the metadata', { issuer: metadata.issuer })
  const loopback = await listenForCode()
  const made = await ask(connection, {
    method: 'POST',
    path: `/api/${service}/client/create`,
    body: {
      clientName: 'postern try',
      clientType: 'CONFIDENTIAL',
      applicationType: 'NATIVE',
      tokenAuthMethod: 'CLIENT_SECRET_BASIC',
      redirectUris: [loopback.redirectUri],
      grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'CLIENT_CREDENTIALS'],
    },
  })
  tell('created a client', { clientId: made.clientId })
  try {
    const frontend = frontendOf(connection, service, metadata)
    const { subject } = trial
    const party: Party = {
      as: metadata,
      client: { client_id: String(made.clientId) },
      authentication: oauth.ClientSecretBasic(made.clientSecret),
      options: {
        [oauth.allowInsecureRequests]: true,
        ...(subject === undefined ? {} : { [oauth.customFetch]: frontend.fetch }),
      },
      redirectUri: loopback.redirectUri,
      visit: async (parameters) => {
        if (subject !== undefined) return frontend.authorize(parameters, subject)
        tell('open this URL in a browser', {
          url: `${metadata.authorization_endpoint}?${parameters}`,
        })
        return loopback.response()
      },
      tell,
    }
    await (flow === 'client-credentials' ? clientCredentials(party) : codeFlow(party, flow))
  } catch (error) {
    throw error instanceof RemoteError ? error : new RemoteError('failed', reasonOf(error))
  } finally {
    loopback.close()
    await ask(connection, {
      method: 'DELETE',
      path: `/api/${service}/client/delete/${made.clientId}`,
    })
    tell('deleted the client')
  }
}

/** OIDC Core §3.1 with PKCE, then what a client does with its tokens. */
async function codeFlow(party: Party, flow: 'code' | 'refresh'): Promise<void> {
  const { as, client, authentication, options, redirectUri, tell } = party
  const verifier = oauth.generateRandomCodeVerifier()
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
  const scopes = ['openid', 'offline_access'].filter(
    (name) => name === 'openid' || (as['scopes_supported'] as string[] | undefined)?.includes(name),
  )
  const parameters = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: scopes.join(' '),
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    prompt: 'consent',
  })
  const response = oauth.validateAuthResponse(as, client, await party.visit(parameters), state)
  tell('received a code')
  const answer = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    authentication,
    response,
    redirectUri,
    verifier,
    options,
  )
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer, {
    expectedNonce: nonce,
    requireIdToken: true,
  })
  await oauth.validateApplicationLevelSignature(as, answer, options)
  const claims = oauth.getValidatedIdTokenClaims(tokens)
  tell('exchanged the code for tokens', { scope: tokens.scope, expires_in: tokens.expires_in })
  tell('verified the ID Token', { sub: claims?.sub, iss: claims?.iss })
  if (as.userinfo_endpoint) {
    const info = await oauth.userInfoRequest(as, client, tokens.access_token, options)
    await oauth.processUserInfoResponse(as, client, claims?.sub ?? '', info)
    tell('read UserInfo')
  }
  if (tokens.refresh_token) await refresh(party, tokens.refresh_token)
  else if (flow === 'refresh') throw new RemoteError('failed', 'No refresh token was issued.')
  if (as.revocation_endpoint) {
    const gone = await oauth.revocationRequest(
      as,
      client,
      authentication,
      tokens.access_token,
      options,
    )
    await oauth.processRevocationResponse(gone)
    tell('revoked the access token')
  }
}

/** RFC 6749 §6, and a replay of the token that was replaced. */
async function refresh(party: Party, token: string): Promise<void> {
  const { as, client, authentication, options, tell } = party
  const send = async (value: string) =>
    oauth.processRefreshTokenResponse(
      as,
      client,
      await oauth.refreshTokenGrantRequest(as, client, authentication, value, options),
    )
  const renewed = await send(token)
  tell('refreshed the tokens')
  if (renewed.refresh_token === undefined || renewed.refresh_token === token) return
  const replayed = await send(token).then(
    () => 'was accepted again, within its time for repetitions',
    (error) => `was refused: ${reasonOf(error)}`,
  )
  tell(`the former refresh token ${replayed}`)
}

/** RFC 6749 §4.4. */
async function clientCredentials({ as, client, authentication, options, tell }: Party) {
  const answer = await oauth.clientCredentialsGrantRequest(
    as,
    client,
    authentication,
    new URLSearchParams(),
    options,
  )
  const tokens = await oauth.processClientCredentialsResponse(as, client, answer)
  tell('received an access token', { expires_in: tokens.expires_in })
}

/** The error of the response, RFC 6749 §5.2, or what the library found wrong. */
function reasonOf(error: unknown): string {
  if (
    error instanceof oauth.ResponseBodyError ||
    error instanceof oauth.AuthorizationResponseError
  ) {
    return [error.error, error.error_description].filter(Boolean).join(': ')
  }
  return error instanceof Error ? error.message : String(error)
}
