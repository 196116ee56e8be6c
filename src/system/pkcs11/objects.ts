/** Keys as objects of a token: found by their ID, read, and described for a new pair. */
import type { JsonWebKey } from 'node:crypto'
import type { WantedKey } from '../key-provider.ts'
import type { Handle, Js, Template } from './cryptoki.ts'
import { algorithmOf, ckm, ecPublicKey, rsaPublicKey } from './mechanism.ts'
import type { OpenModule } from './session-pool.ts'

const modulusBitsByDefault = 3_072

/** The object of a class with an ID of hexadecimal digits. */
export function findObject(
  { js, pkcs11 }: OpenModule,
  session: Handle,
  objectClass: number,
  id: string,
): Handle | undefined {
  pkcs11.C_FindObjectsInit(session, [
    { type: js.CKA_CLASS, value: objectClass },
    { type: js.CKA_ID, value: Buffer.from(id, 'hex') },
  ])
  try {
    return pkcs11.C_FindObjects(session) ?? undefined
  } finally {
    pkcs11.C_FindObjectsFinal(session)
  }
}

/** The public key with an ID. */
export function readPublicKey(
  module: OpenModule,
  session: Handle,
  id: string,
): JsonWebKey | undefined {
  const { js, pkcs11 } = module
  const object = findObject(module, session, js.CKO_PUBLIC_KEY, id)
  if (object === undefined) return undefined
  const read = (type: number): Buffer => {
    const [attribute] = pkcs11.C_GetAttributeValue(session, object, [{ type }])
    return Buffer.from((attribute?.value as Buffer | undefined) ?? [])
  }
  return read(js.CKA_KEY_TYPE)[0] === js.CKK_EC
    ? ecPublicKey(read(js.CKA_EC_PARAMS), read(js.CKA_EC_POINT))
    : rsaPublicKey(read(js.CKA_MODULUS), read(js.CKA_PUBLIC_EXPONENT))
}

/** How a pair is made. Its private key can neither be read nor leave the token. */
export function newPair(js: Js, id: string, wanted: WantedKey) {
  const { alg, modulusBits = modulusBitsByDefault } = wanted
  const { kind, curve } = algorithmOf(alg)
  const both: Template = [
    { type: js.CKA_TOKEN, value: true },
    { type: js.CKA_ID, value: Buffer.from(id, 'hex') },
    { type: js.CKA_LABEL, value: `postern ${alg}` },
  ]
  const size: Template = curve
    ? [{ type: js.CKA_EC_PARAMS, value: Buffer.from(curve.oid, 'hex') }]
    : [
        { type: js.CKA_MODULUS_BITS, value: modulusBits },
        { type: js.CKA_PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
      ]
  const publicUses = { sign: js.CKA_VERIFY, decrypt: js.CKA_ENCRYPT, agree: undefined }
  const publicUse = publicUses[kind]
  const privateUse = { sign: js.CKA_SIGN, decrypt: js.CKA_DECRYPT, agree: js.CKA_DERIVE }[kind]
  const ofPublic: Template = [...both, ...size]
  if (publicUse !== undefined) ofPublic.push({ type: publicUse, value: true })
  const ofPrivate: Template = [
    ...both,
    { type: js.CKA_PRIVATE, value: true },
    { type: js.CKA_SENSITIVE, value: true },
    { type: js.CKA_EXTRACTABLE, value: false },
    { type: privateUse, value: true },
  ]
  const mechanism = { mechanism: curve ? ckm.ecKeyPairGen : ckm.rsaKeyPairGen }
  return { mechanism, ofPublic, ofPrivate }
}
