/** TLS on the loopback interface: entities of a federation are named by https URLs. */
import * as asn1js from 'asn1js'
import * as pkijs from 'pkijs'
import { Agent, fetch as send } from 'undici'
import { certify, pem } from '../vci/certified-key.ts'

export interface LoopbackTls {
  /** PEM, like the certificate. */
  key: string
  cert: string
  /** A fetch that trusts the certificate. */
  fetch: typeof fetch
}

/** A self-signed certificate for 127.0.0.1. */
export async function loopbackTls(): Promise<LoopbackTls> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const address = new asn1js.OctetString({ valueHex: Uint8Array.of(127, 0, 0, 1).buffer })
  const names = new pkijs.GeneralNames({
    names: [new pkijs.GeneralName({ type: 7, value: address })],
  })
  const cert = pem(
    await certify({
      ...{ name: 'Example federation', issuer: 'Example federation' },
      ...{ signer: keys.privateKey, subjectKey: keys.publicKey },
      extensions: [['2.5.29.17', false, names.toSchema()]],
    }),
  )
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  const key = pem(der).replaceAll('CERTIFICATE', 'PRIVATE KEY')
  const dispatcher = new Agent({ connect: { ca: cert } })
  const trusting = (url: string | URL, init: object = {}) => send(url, { ...init, dispatcher })
  return { key, cert, fetch: trusting as unknown as typeof fetch }
}
