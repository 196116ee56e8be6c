/** The operations with the keys of a token. Runs in the process of the module only. */
import type { JsonWebKey } from 'node:crypto'
import { KeyProviderError, type ProvidedKey, type WantedKey } from '../key-provider.ts'
import type { Handle } from './cryptoki.ts'
import { algorithmOf, ckm, mgf, pointOf, signingInput } from './mechanism.ts'
import { findObject, newPair, readPublicKey } from './objects.ts'
import { type OpenModule, openModule, type TokenSettings } from './session-pool.ts'

const longestSignature = 1_024
/** CKS_RW_USER_FUNCTIONS. */
const loggedIn = 3

export type Token = ReturnType<typeof openToken>

/** References are IDs of objects, in hexadecimal. */
export function openToken(settings: TokenSettings) {
  const module = openModule(settings)
  const { pkcs11, withSession } = module
  const privateKey = privateKeys(module)
  return {
    ...operationsOf(module, privateKey),
    ...keyManagement(module, privateKey),
    algorithms: () => module.algorithms,
    check: (): Promise<void> =>
      withSession((session) => {
        if (pkcs11.C_GetSessionInfo(session).state !== loggedIn) {
          throw new KeyProviderError('unavailable', 'The session is not logged in.')
        }
      }),
    close: module.close,
  }
}

type PrivateKeys = ReturnType<typeof privateKeys>

/** Handles of private keys are kept for as long as the module is open. */
function privateKeys(module: OpenModule) {
  const known = new Map<string, Handle>()
  return {
    get(session: Handle, id: string): Handle {
      const key = known.get(id) ?? findObject(module, session, module.js.CKO_PRIVATE_KEY, id)
      if (key === undefined) throw new KeyProviderError('refused', 'The token has no such key.')
      known.set(id, key)
      return key
    },
    forget: (id: string) => known.delete(id),
  }
}

function operationsOf({ js, pkcs11, withSession }: OpenModule, privateKey: PrivateKeys) {
  return {
    sign: (id: string, alg: string, data: Uint8Array): Promise<Uint8Array> =>
      withSession((session) => {
        const algorithm = algorithmOf(alg)
        const { mechanism, hash = 'sha256' } = algorithm
        const saltLen = Number(alg.slice(2)) / 8
        const pss = { type: js.CK_PARAMS_RSA_PSS, hashAlg: ckm[hash], mgf: mgf[hash], saltLen }
        const used = mechanism === ckm.rsaPss ? { mechanism, parameter: pss } : { mechanism }
        pkcs11.C_SignInit(session, used, privateKey.get(session, id))
        const input = signingInput(algorithm, data)
        return pkcs11.C_SignAsync(session, input, Buffer.alloc(longestSignature))
      }),

    decrypt: (id: string, alg: string, encrypted: Uint8Array): Promise<Uint8Array> =>
      withSession((session) => {
        const { hash = 'sha1' } = algorithmOf(alg)
        const oaep = { type: js.CK_PARAMS_RSA_OAEP, hashAlg: ckm[hash], mgf: mgf[hash], source: 1 }
        const used = { mechanism: ckm.rsaOaep, parameter: oaep }
        pkcs11.C_DecryptInit(session, used, privateKey.get(session, id))
        const input = Buffer.from(encrypted)
        return pkcs11.C_DecryptAsync(session, input, Buffer.alloc(input.length))
      }),

    /** The secret is an object of the session, which is read and destroyed. */
    agree: (id: string, publicJwk: JsonWebKey): Promise<Uint8Array> =>
      withSession((session) => {
        const publicData = pointOf(publicJwk)
        const parameter = { type: js.CK_PARAMS_EC_DH, kdf: 1, publicData }
        const mechanism = { mechanism: ckm.ecdhDerive, parameter }
        const secret = pkcs11.C_DeriveKey(session, mechanism, privateKey.get(session, id), [
          { type: js.CKA_CLASS, value: js.CKO_SECRET_KEY },
          { type: js.CKA_KEY_TYPE, value: js.CKK_GENERIC_SECRET },
          { type: js.CKA_TOKEN, value: false },
          { type: js.CKA_SENSITIVE, value: false },
          { type: js.CKA_EXTRACTABLE, value: true },
          { type: js.CKA_VALUE_LEN, value: (publicData.length - 1) / 2 },
        ])
        try {
          const [read] = pkcs11.C_GetAttributeValue(session, secret, [{ type: js.CKA_VALUE }])
          return read?.value as Buffer
        } finally {
          pkcs11.C_DestroyObject(session, secret)
        }
      }),
  }
}

function keyManagement(module: OpenModule, privateKey: PrivateKeys) {
  const { js, pkcs11, algorithms, withSession } = module
  return {
    find: (id: string): Promise<ProvidedKey | undefined> =>
      withSession((session) => {
        const publicJwk = readPublicKey(module, session, id)
        return publicJwk && { reference: id, publicJwk }
      }),

    /** The key that has the ID, or a new one. */
    create: (id: string, wanted: WantedKey): Promise<ProvidedKey> =>
      withSession(async (session) => {
        if (!algorithms.includes(wanted.alg)) {
          throw new KeyProviderError('refused', `The module has no mechanism for ${wanted.alg}.`)
        }
        const there = readPublicKey(module, session, id)
        if (there) return { reference: id, publicJwk: there }
        const { mechanism, ofPublic, ofPrivate } = newPair(js, id, wanted)
        await pkcs11.C_GenerateKeyPairAsync(session, mechanism, ofPublic, ofPrivate)
        const publicJwk = readPublicKey(module, session, id)
        if (!publicJwk) throw new KeyProviderError('unavailable', 'The module lost a new key.')
        return { reference: id, publicJwk }
      }),

    destroy: (id: string): Promise<void> =>
      withSession((session) => {
        privateKey.forget(id)
        for (const objectClass of [js.CKO_PRIVATE_KEY, js.CKO_PUBLIC_KEY]) {
          const object = findObject(module, session, objectClass, id)
          if (object !== undefined) pkcs11.C_DestroyObject(session, object)
        }
      }),
  }
}
