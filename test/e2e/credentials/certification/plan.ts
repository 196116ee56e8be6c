/** The plans of certification: an issuer with a configuration, and the wallets that test it. */
import * as oauth from 'oauth4webapi'
import { listen } from '../../../../examples/demo/listen.ts'
import { credentialIssuer } from '../../../../examples/demo/vci/settings.ts'
import { createBrowser, type Party, redirectUri, register } from '../../fapi.ts'
import { fetchWith, serverTls } from '../../tls.ts'
import { createUser, startWorld, type World } from '../../world.ts'
import { attestedInstance, type Fault, providerRoot } from './attestation.ts'

/** What the suite calls variants. */
export interface Configuration {
  name: string
  /** By the wallet, by an offer with an issuer state, or by an offer with a code. */
  start: 'wallet' | 'issuer_state' | 'pre-authorized'
  credential: 'identity' | 'mdl'
  encrypted: boolean
  authentication: 'private_key_jwt' | 'client_attestation'
  haip: boolean
}

export const configurations: Configuration[] = [
  {
    name: 'wallet-initiated, authorization code, SD-JWT VC, plain',
    ...{ start: 'wallet', credential: 'identity', encrypted: false, haip: false },
    authentication: 'private_key_jwt',
  },
  {
    name: 'issuer-initiated, authorization code, mdoc, encrypted',
    ...{ start: 'issuer_state', credential: 'mdl', encrypted: true, haip: false },
    authentication: 'client_attestation',
  },
  {
    name: 'issuer-initiated, pre-authorized code, SD-JWT VC, plain',
    ...{ start: 'pre-authorized', credential: 'identity', encrypted: false, haip: false },
    authentication: 'private_key_jwt',
  },
  {
    name: 'HAIP, authorization code, SD-JWT VC',
    ...{ start: 'wallet', credential: 'identity', encrypted: false, haip: true },
    authentication: 'client_attestation',
  },
]

export interface Plan extends Configuration {
  world: World
  /** The root certificate of the issuer, in PEM. */
  root: string
  send: ReturnType<typeof fetchWith>
  user: ReturnType<typeof createUser>
  /** The metadata of the credential issuer. */
  // biome-ignore lint/suspicious/noExplicitAny: read as the wallet reads it
  metadata: Record<string, any>
  wallet: Party
  second: Party
  /** A wallet that authenticates by client attestation, with faults if they are wished. */
  attested(fault?: Fault): Party
}

/** All that a plan needs; one world serves all of its modules. */
export async function startPlan(configuration: Configuration): Promise<Plan> {
  const { world, root } = await startIssuer(configuration)
  const send = fetchWith()
  const wallet = await attestable(world)
  const second = await attestable(world)
  const keyed = async () => register(world, { dpop: true, more: { grantTypes } })
  const isKeyed = configuration.authentication === 'private_key_jwt'
  const response = await send(`${world.issuer}/.well-known/openid-credential-issuer`)
  return {
    ...{ ...configuration, world, root, send, metadata: (await response.json()) as object },
    user: createUser(undefined, createBrowser()),
    wallet: isKeyed ? await keyed() : wallet(),
    second: isKeyed ? await keyed() : second(),
    attested: wallet,
  }
}

const grantTypes = ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'PRE_AUTHORIZED_CODE']

async function attestable(world: World): Promise<(fault?: Fault) => Party> {
  const tokenAuthMethod = 'ATTEST_JWT_CLIENT_AUTH'
  const party = await register(world, { dpop: true, more: { grantTypes, tokenAuthMethod } })
  const authentication = await attestedInstance(world.issuer)
  return (fault) => ({ ...party, auth: authentication(fault) })
}

async function startIssuer({ encrypted, haip }: Configuration) {
  // The issuer is part of its own settings, so that the port is chosen first.
  const place = await listen(() => new Response())
  await place.close()
  const port = Number(new URL(place.url).port)
  const { settings, attributes, root } = await credentialIssuer(`https://127.0.0.1:${port}`)
  const { credentialIssuerMetadata, supportedScopes, ...more } = settings
  const metadata = credentialIssuerMetadata as { credentialsSupported: string }
  const world = await startWorld({
    ...{ port, tls: serverTls },
    service: {
      ...more,
      attributes: [...attributes, { key: 'ext.vci.signed_metadata', value: 'true' }],
      supportedScopes: [
        ...(supportedScopes as object[]),
        ...['identity_attested', 'mdl_attested'].map((name) => ({ name })),
      ],
      supportedTokenAuthMethods: ['PRIVATE_KEY_JWT', 'ATTEST_JWT_CLIENT_AUTH'],
      ...{ clientAttesterRoots: [providerRoot], clientAttesterRootsEnabled: true },
      ...{ keyAttesterRoots: [providerRoot], keyAttesterRootsEnabled: true },
      ...(haip ? { haipVersion: '1.0' } : { parRequired: true }),
      credentialIssuerMetadata: {
        ...metadata,
        credentialsSupported: withAttested(metadata.credentialsSupported),
        requireCredentialResponseEncryption: encrypted,
        requireCredentialRequestEncryption: encrypted,
      },
    },
  })
  return { world, root }
}

/** Each configuration a second time, for keys that are attested. */
function withAttested(text: string): string {
  const all = JSON.parse(text) as Record<string, object>
  const algorithms = { proof_signing_alg_values_supported: ['ES256'] }
  const proof_types_supported = {
    jwt: { ...algorithms, key_attestations_required: {} },
    attestation: { ...algorithms, key_attestations_required: {} },
  }
  const attested = Object.entries(all).map(([id, configuration]) => [
    `${id}_attested`,
    { ...configuration, scope: `${id}_attested`, proof_types_supported },
  ])
  return JSON.stringify({ ...all, ...Object.fromEntries(attested) })
}

/** The URL at the client that the user ends at. */
export async function visit(
  { user }: Plan,
  { as, client }: Party,
  request: Record<string, string>,
) {
  const url = new URL(as.authorization_endpoint ?? '')
  url.search = new URLSearchParams({ client_id: client.client_id, ...request }).toString()
  const { url: end, shown } = await user.walk(url)
  if (!end.startsWith(redirectUri)) throw new Error(`The user ended at ${shown.join(', ')}: ${end}`)
  return new URL(end)
}

/** The status and the JSON of a response: errors of OAuth are not thrown. */
export async function answerOf(request: Promise<Response>) {
  const response = await request.catch((error: unknown) => {
    if (error instanceof oauth.WWWAuthenticateChallengeError) return error.response
    throw error
  })
  const type = response.headers.get('content-type') ?? ''
  const text = await response.text()
  return { response, status: response.status, type, text }
}
