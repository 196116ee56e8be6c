/** Requests and programs with the values of a client, to copy. */

export interface SnippetValues {
  issuer: string
  clientId: string
  redirectUri: string
  scope: string
  /** The client has a secret. */
  isConfidential: boolean
  grantTypes: readonly string[]
  authorizationEndpoint: string
  tokenEndpoint: string
}

const secretVariable = 'CLIENT_SECRET'

/** The verifier and challenge of the example in RFC 7636, appendix B: public, for dry runs. */
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'

const usesCodes = ({ grantTypes }: SnippetValues) =>
  grantTypes.length === 0 || grantTypes.includes('AUTHORIZATION_CODE')

const shellQuoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** The first request of the client, as the explorer reads it. */
export function firstRequest(values: SnippetValues): string {
  const { authorizationEndpoint, tokenEndpoint, clientId, redirectUri, scope } = values
  if (!usesCodes(values)) {
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId })
    if (scope) body.set('scope', scope)
    const { pathname, host } = new URL(tokenEndpoint)
    const type = 'Content-Type: application/x-www-form-urlencoded'
    return `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${type}\r\n\r\n${body}`
  }
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    ...(redirectUri ? { redirect_uri: redirectUri } : {}),
    ...(scope ? { scope } : {}),
    state: 'example-state',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  const url = new URL(authorizationEndpoint)
  return `${url}${url.search ? '&' : '?'}${query}`
}

function curl(values: SnippetValues): string {
  const { tokenEndpoint, clientId, redirectUri, scope, isConfidential } = values
  const sender = isConfidential
    ? `-u ${shellQuoted(clientId)}":$${secretVariable}"`
    : `-d client_id=${shellQuoted(clientId)}`
  if (!usesCodes(values)) {
    const asked = scope ? ` \\\n  -d ${shellQuoted(`scope=${scope}`)}` : ''
    const grant = `-d grant_type=client_credentials${asked}`
    return `curl ${shellQuoted(tokenEndpoint)} ${sender} \\\n  ${grant}`
  }
  return [
    '# 1. Open this URL in a browser, and take the code from the address that it leads to:',
    `# ${firstRequest(values)}`,
    '',
    '# 2. Redeem the code:',
    `curl ${shellQuoted(tokenEndpoint)} ${sender} \\`,
    '  -d grant_type=authorization_code -d "code=$CODE" \\',
    `  --data-urlencode ${shellQuoted(`redirect_uri=${redirectUri}`)} \\`,
    `  -d code_verifier=${verifier}`,
  ].join('\n')
}

function openidClient({ issuer, clientId, redirectUri, scope, isConfidential }: SnippetValues) {
  const secret = isConfidential ? `, process.env.${secretVariable}` : ', undefined, oidc.None()'
  return `import * as oidc from 'openid-client'

const config = await oidc.discovery(new URL(${quoted(issuer)}), ${quoted(clientId)}${secret})

const verifier = oidc.randomPKCECodeVerifier()
const state = oidc.randomState()
const url = oidc.buildAuthorizationUrl(config, {
  redirect_uri: ${quoted(redirectUri)},
  scope: ${quoted(scope)},
  code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
})

// When the browser comes back to currentUrl:
const tokens = await oidc.authorizationCodeGrant(config, currentUrl, {
  pkceCodeVerifier: verifier,
  expectedState: state,
})
`
}

function spring({ issuer, clientId, redirectUri, scope, isConfidential }: SnippetValues): string {
  const method = isConfidential ? 'client_secret_basic' : 'none'
  const secret = isConfidential ? `            client-secret: \${${secretVariable}}\n` : ''
  return `spring:
  security:
    oauth2:
      client:
        provider:
          postern:
            issuer-uri: ${issuer}
        registration:
          postern:
            client-id: ${quoted(clientId)}
${secret}            client-authentication-method: ${method}
            authorization-grant-type: authorization_code
            redirect-uri: ${redirectUri}
            scope: ${scope.split(' ').filter(Boolean).join(', ')}
`
}

function fastApi({ issuer, clientId, scope, isConfidential }: SnippetValues): string {
  const discovery = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const secret = isConfidential ? `    client_secret=os.environ["${secretVariable}"],\n` : ''
  return `import os

from authlib.integrations.starlette_client import OAuth
from fastapi import FastAPI, Request
from starlette.middleware.sessions import SessionMiddleware

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key=os.environ["SESSION_SECRET"])

oauth = OAuth()
oauth.register(
    "postern",
    server_metadata_url=${quoted(discovery)},
    client_id=${quoted(clientId)},
${secret}    client_kwargs={"scope": ${quoted(scope)}, "code_challenge_method": "S256"},
)


@app.get("/login")
async def login(request: Request):
    return await oauth.postern.authorize_redirect(request, request.url_for("callback"))


@app.get("/callback")
async def callback(request: Request):
    token = await oauth.postern.authorize_access_token(request)
    return token["userinfo"]
`
}

const quoted = (text: string) => JSON.stringify(text)

export const snippets = { curl, 'openid-client': openidClient, Spring: spring, FastAPI: fastApi }
export type Language = keyof typeof snippets
