/**
 * Every operation that signs as a credential issuer, with a key in SoftHSM whose process is killed
 * while it signs: the request fails and consumes nothing, so that it succeeds when it is repeated.
 */
import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { importJWK, type JWK, jwtVerify, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { certificate } from '../../support/certificates.ts'
import { readMdoc } from '../../support/credential-readers.ts'
import {
  createIssuing,
  credentialsOf,
  diplomaPayload,
  type Issuing,
  issuedRows,
  keepRequest,
  licencePayload,
} from '../../support/credential-requests.ts'
import { issuerRoot, licenceType, walletKey } from '../../support/credentials.ts'
import { issuer, obtainTokens } from '../../support/flows.ts'
import { withStatusLists } from '../../support/issued.ts'
import {
  answersTo,
  expectOneFailure,
  type KilledModule,
  killedModule,
} from '../../support/killed-module.ts'
import type { Json } from '../../support/server.ts'
import { hasSoftHsm } from '../../support/softhsm.ts'
import { testSystem } from '../../support/system.ts'

let module: KilledModule
let issuing: Issuing
let key: JWK

const post = (operation: string, body: Json) =>
  issuing.service.call('POST', `/api/${issuing.service.serviceId}${operation}`, body)

/** What is signed, where in the source, and a request that can be repeated until it succeeds. */
interface Operation {
  name: string
  source: string
  prepare(): Promise<() => ReturnType<typeof post>>
  /** The JWT in the answer; without it, the answer has an mdoc. */
  signed?(answer: Json): string
}

const jwtIn = (answer: Json) => credentialsOf(answer)[0]?.split('~')[0] ?? ''

async function issuance(credentialPayload: string, configurationId: string) {
  const { service, accessToken } = issuing
  const kept = { configurationId, keys: [(await walletKey()).publicJwk] }
  const requestIdentifier = await keepRequest(service, accessToken, kept)
  const order = { requestIdentifier, credentialPayload }
  return () => post('/vci/single/issue', { accessToken, order })
}

const operations: Operation[] = [
  {
    name: 'SD-JWT VC',
    source: 'src/credentials/issuance/sign.ts',
    prepare: () => issuance(diplomaPayload, 'diploma'),
    signed: jwtIn,
  },
  {
    name: 'mdoc',
    source: 'src/credentials/issuance/sign.ts',
    prepare: () => issuance(licencePayload, 'mdl'),
  },
  {
    name: 'metadata of the issuer',
    source: 'src/credentials/signed-metadata.ts',
    prepare: async () => () => post('/vci/metadata', { httpAcceptHeader: 'application/jwt' }),
    signed: ({ responseContent }) => responseContent,
  },
  {
    name: 'status list',
    source: 'src/credentials/status-token.ts',
    async prepare() {
      await issuing.issue()
      return () => post('/vci/status/get', { list: 1 })
    },
    signed: ({ responseContent }) => responseContent,
  },
  {
    name: 'credential of UserInfo',
    source: 'src/api/userinfovc/issue.ts',
    async prepare() {
      const { service, client } = issuing
      const scope = 'openid userinfo_credential_draft_00'
      const { accessToken: token, responseContent } = await obtainTokens(service, client, { scope })
      const { c_nonce_draft_00: nonce } = JSON.parse(responseContent)
      const { privateKey, publicJwk } = await walletKey()
      const jwt = await new SignJWT({ nonce, aud: issuer })
        .setProtectedHeader({ alg: 'ES256', jwk: publicJwk })
        .sign(privateKey)
      const requestContent = JSON.stringify({
        format: 'jwt_vc_json',
        types: ['VerifiableCredential', 'UserInfoCredential'],
        proof: { proof_type: 'jwt', jwt },
      })
      const { ticket } = await service.api('/userinfovc/parse', { token, requestContent })
      return () => post('/userinfovc/issue', { ticket })
    },
    signed: ({ responseContent }) => JSON.parse(responseContent).credential_draft_00,
  },
]

describe.skipIf(!hasSoftHsm)('operation of a credential issuer with a key in a module', () => {
  beforeAll(async () => {
    module = killedModule()
    const { attributes } = withStatusLists({
      'ext.vci.signed_metadata': 'true',
      'ext.userinfo_vc': 'draft00',
    })
    const scopes = ['openid', 'userinfo_credential_draft_00', 'diploma', 'mdl']
    const supportedScopes = scopes.map((name) => ({ name }))
    issuing = await createIssuing(
      { hsmEnabled: true, credentialJwks: undefined, attributes, supportedScopes },
      {},
      { system: testSystem({ keyProviders: module.keyProviders }) },
    )
    const { service } = issuing
    const wanted = { kty: 'EC', use: 'sig', alg: 'ES256', set: 'credential', hsmName: 'soft' }
    expect((await service.api('/hsk/create', wanted)).action).toBe('SUCCESS')
    key = JSON.parse((await service.api('/vci/jwks', {})).responseContent).keys[0]
    const publicKey = createPublicKey({ key: key as JsonWebKey, format: 'jwk' })
    const leaf = certificate({ issuer: issuerRoot, key: { ...issuerRoot, publicKey } })
    const chain = { set: 'credential', kid: key.kid, x5c: [leaf.base64] }
    expect((await service.api('/service/keys/import', chain)).action).toBe('CREATED')
  })
  afterAll(async () => {
    await issuing?.service.close()
    await module.close()
  })

  it.each(operations)(
    '$name: fails once, and then succeeds with the same request',
    async ({ prepare, signed }) => {
      const call = await prepare()
      const before = await issuedRows(issuing.service)
      module.killNext()
      const answers = await answersTo(async () => {
        const answer = await call()
        if (answer.body.resultCode === 'P110001') {
          expect(await issuedRows(issuing.service)).toEqual(before)
        }
        return answer
      })
      const answer = expectOneFailure(answers)
      if (!signed) {
        const { chain } = await readMdoc(credentialsOf(answer)[0] ?? '', licenceType)
        return expect(chain[0]?.publicKey.export({ format: 'jwk' })).toMatchObject({ x: key.x })
      }
      const currentDate = new Date(issuing.service.system.clock())
      const by = await importJWK(key, 'ES256')
      const { protectedHeader } = await jwtVerify(signed(answer), by, { currentDate })
      expect(protectedHeader.kid).toBe(key.kid)
    },
  )

  it('is every one: no other source of credentials signs', () => {
    const signing = ['src/credentials', 'src/api/userinfovc']
      .flatMap((folder) =>
        readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) =>
          join(folder, file),
        ),
      )
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => /\b(signJwt|key\.sign)\(/.test(readFileSync(file, 'utf8')))
    expect(signing.sort()).toEqual([...new Set(operations.map(({ source }) => source))].sort())
  })
})
