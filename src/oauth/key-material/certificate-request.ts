/** Certificate signing requests for keys of a service, RFC 2986. */
import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { fitsSignatureAlgorithm } from '../../jose/key-set.ts'
import type { SigningKey } from '../../jose/keys.ts'
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { certificateRequest } from '../../x509/certificate-request.ts'
import type { CertifiedNames } from './certified-names.ts'

const rules = defineRules('Certificate requests', {
  notSigning: {
    code: 'P115005',
    error: 'invalid_request',
    spec: 'RFC 2986 §3',
    message: 'A request is signed with its key: the key must be one for signatures.',
    fix: 'Request a certificate for a key with the `use` sig.',
  },
})

/** The request in PEM, signed with the key by its algorithm or the first that fits. */
export async function requestFor(key: SigningKey, names: CertifiedNames): Promise<string> {
  const { jwk } = key
  const alg = asymmetricAlgorithms.find((each) => fitsSignatureAlgorithm(jwk, each, 'sign'))
  if (alg === undefined) refuse(rules.notSigning, jwk.kid)
  const publicKey = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
  const content = { ...names, publicKey: publicKey.export({ type: 'spki', format: 'der' }), alg }
  return certificateRequest(content, (bytes) => key.sign(alg, bytes))
}
