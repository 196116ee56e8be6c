/** The example frontend as a credential issuer, and wallets that get tokens from it. */
import { type Listening, listen } from '../../../examples/demo/listen.ts'
import { credentialIssuer } from '../../../examples/demo/vci/settings.ts'
import { createWallet, type Issuer, type Offer } from '../../../examples/demo/vci/wallet.ts'
import { callback, createUser, startWorld, type World } from '../world.ts'

export interface IssuerWorld extends World {
  /** The root certificate of the issuer, in PEM. */
  root: string
  /** A public client that is a wallet. */
  walletClient(more?: Record<string, unknown>): Promise<string>
}

/** `metadata` replaces members of the metadata of the issuer, and `given` adds attributes. */
export async function startIssuer(
  metadata: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
  given: { key: string; value: string }[] = [],
): Promise<IssuerWorld> {
  const port = await freePort()
  const { settings, attributes, root } = await credentialIssuer(`http://127.0.0.1:${port}`)
  const { credentialIssuerMetadata: own } = settings
  const world = await startWorld({
    port,
    service: {
      ...{ ...settings, ...more, attributes: [...attributes, ...given] },
      credentialIssuerMetadata: { ...(own as object), ...metadata },
    },
  })
  const walletClient = async (more: Record<string, unknown> = {}) => {
    const grantTypes = ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'PRE_AUTHORIZED_CODE']
    const isPublic = { clientType: 'PUBLIC', tokenAuthMethod: 'NONE', applicationType: 'NATIVE' }
    return (await world.client({ ...isPublic, grantTypes, ...more })).clientId
  }
  return { ...world, root, walletClient }
}

/** The issuer is part of its own settings, so that the port is chosen first. */
async function freePort(): Promise<number> {
  const listening: Listening = await listen(() => new Response())
  await listening.close()
  return Number(new URL(listening.url).port)
}

interface OfferForm {
  configuration: string
  grant?: 'pre-authorized' | 'authorization_code'
  code?: 'yes'
}

/** What the offer page of the frontend shows to a user. */
export async function makeOffer(
  { issuer }: World,
  form: OfferForm,
  credentials?: Parameters<typeof createUser>[0],
) {
  const user = createUser(credentials)
  const page = await user.walk(`${issuer}/offers`)
  const shown = await user.browser.submit(
    { ...page, status: 200 },
    { grant: 'pre-authorized', ...form },
  )
  const link = / href="(openid-credential-offer:[^"]*)"/.exec(shown.text)?.[1] ?? ''
  return {
    link: link.replaceAll('&amp;', '&'),
    code: / id="code">(\d+)</.exec(shown.text)?.[1],
    svg: /<svg[\s\S]*<\/svg>/.exec(shown.text)?.[0],
    user,
  }
}

interface Authorized {
  offer: Offer
  issuer: Issuer
  clientId: string
}

/** The authorization code flow of a wallet, with a scope or with authorization details. */
export async function authorize(
  { offer, issuer, clientId }: Authorized,
  more: { scope?: string; authorizationDetails?: object[] },
) {
  const { client } = createWallet(clientId)
  const { scope, authorizationDetails } = more
  const details = authorizationDetails && JSON.stringify(authorizationDetails)
  const asked = await client.createAuthorizationRequestUrlFromOffer({
    ...{ credentialOffer: offer, issuerMetadata: issuer, clientId, redirectUri: callback },
    ...(scope === undefined ? {} : { scope }),
    ...(details === undefined
      ? {}
      : { additionalRequestPayload: { authorization_details: details } }),
  })
  const { url } = await createUser().walk(asked.authorizationRequestUrl)
  const { accessTokenResponse } = await client.retrieveAuthorizationCodeAccessTokenFromOffer({
    ...{ credentialOffer: offer, issuerMetadata: issuer, redirectUri: callback },
    authorizationCode: new URL(url).searchParams.get('code') ?? '',
    ...(asked.pkce ? { pkceCodeVerifier: asked.pkce.codeVerifier } : {}),
  })
  return accessTokenResponse
}
