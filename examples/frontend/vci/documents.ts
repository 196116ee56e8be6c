/** What a credential issuer publishes: its metadata and keys, status lists, and types. */
import type { Context, Hono } from 'hono'
import type { Parts } from '../parts.ts'
import { sendRelay } from '../postern.ts'
import { identityType } from './identity-type.ts'

export function addDocuments(app: Hono, { postern, publicUrl }: Parts): void {
  /** OpenID4VCI §12.2.2. The document can be signed, for wallets that prefer that. */
  app.get('/.well-known/openid-credential-issuer', async (c) => {
    const httpAcceptHeader = c.req.header('Accept')
    return sendRelay(await postern.call('vci/metadata', { httpAcceptHeader }))
  })

  /** SD-JWT VC §5, and the keys of credentials. */
  app.get('/.well-known/jwt-vc-issuer', async () =>
    sendRelay(await postern.call('vci/jwtissuer', {})),
  )
  app.get('/vci/jwks', async () => sendRelay(await postern.call('vci/jwks', {})))

  /** Token Status List §8.1: verifiers ask here whether a credential was revoked. */
  app.get('/status/:list{[1-9][0-9]{0,8}}', async (c) =>
    sendRelay(await postern.call('vci/status/get', { list: Number(c.req.param('list')) })),
  )

  /** SD-JWT VC §6: the type of a credential is the URL of its description. */
  app.get('/vct/identity', (c) => c.json(identityType(`${baseOf(c, publicUrl)}/vct/identity`)))
}

/** Where clients reach this server. */
export const baseOf = (c: Context, publicUrl: string | undefined): string =>
  publicUrl ?? new URL(c.req.url).origin
