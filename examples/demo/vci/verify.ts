/** A verifier of credentials, made with `@sd-jwt/sd-jwt-vc` and `@auth0/mdl`. */
import { createHash, verify, X509Certificate } from 'node:crypto'
import { DeviceResponse, Verifier } from '@auth0/mdl'
import { getListFromStatusListJWT } from '@owf/token-status-list'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, type JWK } from 'jose'
import { mdlType } from './settings.ts'

type Claims = Record<string, unknown>

/** Throws unless the root certifies the key. */
function certified(x5c: unknown, root: string): X509Certificate {
  const [text = ''] = Array.isArray(x5c) ? x5c : []
  const leaf = new X509Certificate(Buffer.from(String(text), 'base64'))
  const authority = new X509Certificate(root)
  if (!leaf.checkIssued(authority) || !leaf.verify(authority.publicKey))
    throw new Error('The certificate of the issuer is not trusted.')
  return leaf
}

/**
 * The claims of an SD-JWT VC that is bound to the key, with everything disclosed. Throws unless its
 * status is valid by a list that the issuer signed.
 */
export async function verifyIdentity(
  credential: string,
  key: JWK,
  root: string,
  send: typeof fetch = fetch,
): Promise<Claims> {
  const [jwt = ''] = credential.split('~')
  const { publicKey } = certified(decodeProtectedHeader(jwt).x5c, root)
  const reader = new SDJwtVcInstance({
    hasher: (data) => createHash('sha256').update(String(data)).digest(),
    hashAlg: 'sha-256',
    statusListFetcher: async (uri) => (await send(uri)).text(),
    verifier: (data, signature) =>
      verify(
        ...(['sha256', Buffer.from(data)] as const),
        { key: publicKey, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      ),
  })
  const { payload } = await reader.verify(credential)
  const { cnf } = payload as { cnf?: { jwk: JWK } }
  if (!cnf || (await calculateJwkThumbprint(cnf.jwk)) !== (await calculateJwkThumbprint(key)))
    throw new Error('The credential is bound to another key.')
  return payload as Claims
}

/** The session transcript of a presentation: `24(<< [null, null, 0] >>)`. */
const transcript = Buffer.from('d8184483f6f600', 'hex')

/** The data elements of an mDL that its wallet presents, with a signature by the device key. */
export async function verifyLicence(credential: string, key: JWK, root: string): Promise<Claims> {
  const request = {
    id: 'licence',
    input_descriptors: [
      {
        id: mdlType,
        format: { mso_mdoc: { alg: ['ES256'] } },
        constraints: {
          limit_disclosure: 'required',
          fields: mandatory.map((name) => ({
            path: [`$['org.iso.18013.5.1']['${name}']`],
            intent_to_retain: false,
          })),
        },
      },
    ],
  }
  const presented = await DeviceResponse.from(wrapped(Buffer.from(credential, 'base64url')))
    .usingPresentationDefinition(request)
    .usingSessionTranscriptBytes(transcript)
    .authenticateWithSignature({ ...key, alg: 'ES256' } as JWK & { kty: string }, 'ES256')
    .sign()
  const verifier = new Verifier([root])
  const options = { encodedSessionTranscript: transcript }
  const { documents } = await verifier.verify(presented.encode(), options)
  const elements = documents[0]?.getIssuerNameSpace('org.iso.18013.5.1') ?? {}
  const missing = mandatory.filter((name) => !Object.hasOwn(elements, name))
  if (missing.length > 0) throw new Error(`The licence has no ${missing.join(', ')}.`)
  return elements
}

/** ISO 18013-5 §7.2.1. */
const mandatory = [
  ...['family_name', 'given_name', 'birth_date', 'issue_date', 'expiry_date', 'issuing_country'],
  ...['issuing_authority', 'document_number', 'portrait', 'driving_privileges'],
  'un_distinguishing_sign',
]

/** The CBOR of a device response with one document, ISO 18013-5 §8.3.2.1.2.2. */
function wrapped(issuerSigned: Buffer): Buffer {
  const text = (value: string) =>
    Buffer.concat([Buffer.from([0x60 | value.length]), Buffer.from(value)])
  return Buffer.concat([
    ...[Buffer.from([0xa3]), text('version'), text('1.0'), text('documents')],
    ...[Buffer.from([0x81, 0xa2]), text('docType'), text(mdlType), text('issuerSigned')],
    ...[issuerSigned, text('status'), Buffer.from([0])],
  ])
}

/** The status of a credential by its status list: 0 is valid. Token Status List §8.3. */
export async function statusOf(claims: Claims, send: typeof fetch = fetch): Promise<number> {
  const { status } = claims as { status?: { status_list: { uri: string; idx: number } } }
  if (!status) throw new Error('The credential has no place in a status list.')
  const { uri, idx } = status.status_list
  const list = await (await send(uri)).text()
  if (decodeJwt(list).sub !== uri) throw new Error('The status list has another URL.')
  return getListFromStatusListJWT(list).getStatus(idx)
}
