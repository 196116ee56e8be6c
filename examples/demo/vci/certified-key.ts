/** A signing key for credentials, with a certificate below a root: ISO 18013-5 §B.1. */
import { randomBytes } from 'node:crypto'
import * as asn1js from 'asn1js'
import { exportJWK, type JWK } from 'jose'
import * as pkijs from 'pkijs'

export interface CertifiedKey {
  /** The private key, with its certificate and the root in `x5c`. */
  key: JWK
  /** The root, in PEM: what verifiers trust. */
  root: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
const year = 365 * 86_400_000

interface Certification {
  name: string
  issuer: string
  /** Certifies. */
  signer: CryptoKey
  subjectKey: CryptoKey
  extensions: [id: string, isCritical: boolean, value: asn1js.BaseBlock][]
}

export async function certifiedKey(host: string): Promise<CertifiedKey> {
  const newKeys = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const [root, signing] = await Promise.all([newKeys(), newKeys()])
  const authority = { name: 'Example root', issuer: 'Example root', signer: root.privateKey }
  const rootDer = await certify({
    ...authority,
    subjectKey: root.publicKey,
    extensions: [
      ['2.5.29.19', true, new pkijs.BasicConstraints({ cA: true }).toSchema()],
      ['2.5.29.15', true, keyUsage(0b0000_0110)],
    ],
  })
  const names = new pkijs.GeneralNames({
    names: [new pkijs.GeneralName({ type: 2, value: host })],
  })
  const leafDer = await certify({
    ...authority,
    name: 'Example credential issuer',
    subjectKey: signing.publicKey,
    extensions: [
      ['2.5.29.15', true, keyUsage(0b1000_0000)],
      ['2.5.29.17', false, names.toSchema()],
      // The signer of mDLs.
      ['2.5.29.37', true, new pkijs.ExtKeyUsage({ keyPurposes: ['1.0.18013.5.1.2'] }).toSchema()],
    ],
  })
  const key = {
    ...(await exportJWK(signing.privateKey)),
    ...{ kid: 'credentials-1', alg: 'ES256', use: 'sig', x5c: [leafDer, rootDer].map(base64) },
  }
  return { key, root: pem(rootDer) }
}

export async function certify({ name, issuer, signer, subjectKey, extensions }: Certification) {
  const certificate = new pkijs.Certificate()
  certificate.version = 2
  certificate.serialNumber = new asn1js.Integer({ valueHex: positive(randomBytes(16)) })
  certificate.subject.typesAndValues.push(...nameOf(name))
  certificate.issuer.typesAndValues.push(...nameOf(issuer))
  certificate.notBefore.value = new Date(Date.now() - year / 365)
  certificate.notAfter.value = new Date(Date.now() + 10 * year)
  certificate.extensions = extensions.map(
    ([extnID, critical, value]) =>
      new pkijs.Extension({ extnID, critical, extnValue: value.toBER(false) }),
  )
  await certificate.subjectPublicKeyInfo.importKey(subjectKey)
  await certificate.sign(signer, 'SHA-256')
  return Buffer.from(certificate.toSchema(true).toBER(false))
}

/** Country and common name; the country is that of the licences. */
const nameOf = (name: string) => [
  new pkijs.AttributeTypeAndValue({
    type: '2.5.4.6',
    value: new asn1js.PrintableString({ value: 'IE' }),
  }),
  new pkijs.AttributeTypeAndValue({
    type: '2.5.4.3',
    value: new asn1js.Utf8String({ value: name }),
  }),
]

const keyUsage = (bits: number) =>
  new asn1js.BitString({ valueHex: new Uint8Array([bits]).buffer, unusedBits: bits & 1 ? 0 : 1 })

const positive = (bytes: Buffer) =>
  Uint8Array.from([0x40 | ((bytes[0] ?? 0) & 0x3f), ...bytes.subarray(1)]).buffer

const base64 = (der: Buffer) => der.toString('base64')
export const pem = (der: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${base64(der).replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`
