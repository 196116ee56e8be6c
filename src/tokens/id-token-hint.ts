/** Verifies the `id_token_hint` of a logout request, OIDC RP-Initiated Logout §2. */
import { identifyClient } from '../clients/authenticate.ts'
import { verifyClientSignature } from '../clients/signature.ts'
import type { ServiceContext } from '../context.ts'
import { decryptJwe } from '../jose/decrypt.ts'
import { contentEncryptions, encryptionAlgorithms } from '../jose/encryption-algorithm.ts'
import { serviceKeySet } from '../jose/service-key-set.ts'
import { asymmetricAlgorithms, symmetricAlgorithms } from '../jose/signature-algorithm.ts'
import { verifyJwt } from '../jose/verify.ts'
import type { Client } from '../model/client/client.ts'
import { secretKeys } from '../oauth/client-authentication/secret.ts'
import {
  chooseHintedClient,
  type HintedLogin,
  hintedLogin,
  isEncryptedHint,
  namesToFind,
  readHint,
  requireDecryptedHint,
  type UnverifiedHint,
} from '../oauth/logout/hint.ts'
import { Refusal } from '../refusal.ts'

export type VerifiedHint =
  | ({ valid: true; client: Client } & HintedLogin)
  | { valid: false; reason: Refusal }

/** `requested` is the client that the request names by `client_id`. */
export async function verifyLogoutHint(
  context: ServiceContext,
  hint: string,
  requested: Client | undefined,
): Promise<VerifiedHint> {
  try {
    return { valid: true, ...(await requireHint(context, hint, requested)) }
  } catch (error) {
    if (error instanceof Refusal) return { valid: false, reason: error }
    throw error
  }
}

async function requireHint(
  context: ServiceContext,
  hint: string,
  requested: Client | undefined,
): Promise<HintedLogin & { client: Client }> {
  const { service } = context
  const jwt = isEncryptedHint(hint) ? await decryptHint(context, hint, requested) : hint
  const unverified = readHint(jwt)
  if (unverified.isSymmetric) {
    const client = await findHintedClient(context, unverified, requested)
    const verified = await verifyClientSignature(context, client, jwt, symmetricAlgorithms)
    return { client, ...hintedLogin(verified, service) }
  }
  const keys = serviceKeySet(service)
  const login = hintedLogin(await verifyJwt(jwt, keys, asymmetricAlgorithms), service)
  return { client: await findHintedClient(context, unverified, requested), ...login }
}

/** With a key of the service, or with the secret of the client that the request names. */
async function decryptHint(
  { service, now, keys: own }: ServiceContext,
  jwe: string,
  requested: Client | undefined,
): Promise<string> {
  const secrets = secretKeys(service, requested, now)
  const held = own.decryption(service)
  const keys = { set: serviceKeySet(service), secrets, held }
  const allowed = { algorithms: encryptionAlgorithms, encodings: contentEncryptions }
  return requireDecryptedHint((await decryptJwe(jwe, keys, allowed))?.text)
}

async function findHintedClient(
  context: ServiceContext,
  hint: UnverifiedHint,
  requested: Client | undefined,
): Promise<Client> {
  const found: { name: string; client: Client }[] = []
  for (const name of namesToFind(hint)) {
    const client = (await identifyClient(context, name))?.client
    if (client) found.push({ name, client })
  }
  return chooseHintedClient(hint, requested, found)
}
