/** H: credentials of UserInfo of Ory Hydra. */
import { decodeJwt, SignJWT } from 'jose'
import { expect } from 'vitest'
import { walletKey } from '../../support/credentials.ts'
import { issuer, obtainTokens } from '../../support/flows.ts'
import { bodyOf, discovery, type Row, relayed, type World } from './world.ts'

const endpoint = `${issuer}/credentials`
const scope = 'openid userinfo_credential_draft_00'
const requested = {
  format: 'jwt_vc_json',
  types: ['VerifiableCredential', 'UserInfoCredential'],
}

const credentialService = ({ service }: World) =>
  service({
    ...{ 'ext.userinfo_vc': 'draft00', 'ext.userinfo_vc.endpoint': endpoint },
    supportedScopes: scope.split(' ').map((name) => ({ name })),
  })

export const hydraCredentials: readonly Row[] = [
  {
    row: 'H13',
    title: 'a wallet gets a credential with claims of UserInfo for its key',
    async check(world) {
      const at = await credentialService(world)
      const tokens = await obtainTokens(at, await at.client(), { scope })
      const { privateKey, publicJwk } = await walletKey()
      const jwt = await new SignJWT({ nonce: bodyOf(tokens).c_nonce_draft_00 })
        .setProtectedHeader({ alg: 'ES256', jwk: publicJwk })
        .sign(privateKey)
      const requestContent = JSON.stringify({ ...requested, proof: { proof_type: 'jwt', jwt } })
      const parsed = await at.api('/userinfovc/parse', {
        ...{ token: tokens.accessToken, requestContent },
      })
      expect(parsed).toMatchObject({ action: 'OK', subject: 'alice' })
      const { status, body } = await relayed(at, '/userinfovc/issue', {
        ...{ ticket: parsed.ticket, claims: '{"name":"Alice"}' },
      })
      const { format, credential_draft_00: credential } = JSON.parse(body)
      expect([status, format]).toEqual([200, 'jwt_vc_json'])
      const { sub = '', vc } = decodeJwt(credential)
      const key = Buffer.from(sub.replace('did:jwk:', ''), 'base64url').toString()
      expect(JSON.parse(key)).toEqual(publicJwk)
      expect(vc).toMatchObject({ credentialSubject: { name: 'Alice', sub: 'alice', id: sub } })
    },
  },
  {
    row: 'H14',
    title: 'metadata and nonces prime a wallet for a credential of UserInfo',
    async check(world) {
      const at = await credentialService(world)
      expect(await discovery(at)).toMatchObject({
        credentials_endpoint_draft_00: endpoint,
        credentials_supported_draft_00: [requested],
      })
      const tokens = await obtainTokens(at, await at.client(), { scope })
      expect(bodyOf(tokens)).toMatchObject({
        c_nonce_draft_00: expect.any(String),
        c_nonce_expires_in_draft_00: 300,
      })
      const { status, body } = await relayed(at, '/userinfovc/parse', {
        ...{ token: tokens.accessToken, requestContent: JSON.stringify(requested) },
      })
      expect(status).toBe(400)
      expect(JSON.parse(body)).toMatchObject({
        ...{ error: 'missing_proof', c_nonce: expect.any(String), c_nonce_expires_in: 300 },
      })
    },
  },
]
