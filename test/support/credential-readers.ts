/** Credentials, read by libraries that the engine does not use. */
import { createHash, createPublicKey, type JsonWebKey, verify, X509Certificate } from 'node:crypto'
import { parse } from '@auth0/mdl'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'
import type { JWK } from 'jose'
import { type Cbor, CborEncoded, encodeCbor } from '../../src/oauth/vci/format/cbor.ts'
import type { Json } from './server.ts'

export interface ReadMdoc {
  /** The elements of each namespace, whose digests are right. */
  elements: Record<string, Record<string, Json>>
  digestIds: Record<string, number[]>
  mso: Json
  /** The certificates of the signer, without the trust anchor. */
  chain: X509Certificate[]
  alg: Json
}

/** Throws unless the signature is of the first certificate, and every digest is right. */
export async function readMdoc(credential: string, docType: string): Promise<ReadMdoc> {
  const issuerSigned = new CborEncoded(Buffer.from(credential, 'base64url'))
  const response = new Map<string, Cbor>([
    ['version', '1.0'],
    [
      'documents',
      [
        new Map<string, Cbor>([
          ['docType', docType],
          ['issuerSigned', issuerSigned],
        ]),
      ],
    ],
    ['status', 0],
  ])
  const [document] = parse(encodeCbor(response)).documents
  if (!document) throw new Error('There is no document.')
  const { issuerAuth, nameSpaces } = document.issuerSigned
  const raw: Json = issuerAuth.x5chain
  const chain = raw.map((each: Uint8Array) => new X509Certificate(each))
  if (!(await issuerAuth.verify(chain[0].publicKey))) throw new Error('The signature is wrong.')
  const elements: ReadMdoc['elements'] = {}
  const digestIds: ReadMdoc['digestIds'] = {}
  for (const [name, items] of Object.entries(nameSpaces)) {
    for (const item of items) {
      if (!(await item.isValid(name, issuerAuth))) throw new Error(`Digest: ${name}`)
      elements[name] = { ...elements[name], [item.elementIdentifier]: item.elementValue }
      digestIds[name] = [...(digestIds[name] ?? []), item.digestID]
    }
  }
  return { elements, digestIds, mso: issuerAuth.decodedPayload, chain, alg: issuerAuth.algName }
}

export interface ReadSdJwt {
  header: Json
  /** With what was disclosed in its place. */
  claims: Json
  /** The payload as it was signed. */
  payload: Json
  /** The disclosures, each as its array. */
  disclosures: Json[]
}

/** Throws unless the signature is of the key, and every disclosure has its digest. */
export async function readSdJwt(
  credential: string,
  key: JWK,
  currentSeconds: number,
): Promise<ReadSdJwt> {
  const publicKey = createPublicKey({ key: key as JsonWebKey, format: 'jwk' })
  const reader = new SDJwtVcInstance({
    hasher: (data) =>
      createHash('sha256')
        .update(Buffer.from(data as string))
        .digest(),
    hashAlg: 'sha-256',
    verifier: (data, signature) =>
      verify(
        'sha256',
        Buffer.from(data),
        { key: publicKey, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      ),
  })
  const read = await reader.verify(credential, { currentDate: currentSeconds })
  const [jwt = '', ...disclosures] = credential.split('~')
  return {
    header: read.header,
    claims: read.payload,
    payload: jsonOf(jwt.split('.')[1]),
    disclosures: disclosures.filter((each) => each !== '').map(jsonOf),
  }
}

const jsonOf = (text = ''): Json => JSON.parse(Buffer.from(text, 'base64url').toString())
