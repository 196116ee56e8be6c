/** Modules that an issuer refuses: each is followed by what it must accept, OpenID4VCI §8.3.1. */
import { expect } from 'vitest'
import { keyAttestation, withInvalidSignature } from './attestation.ts'
import { credentialsIn, expectRefusal } from './checks.ts'
import type { Plan } from './plan.ts'
import {
  ask,
  call,
  type Granted,
  newKey,
  newNonce,
  obtainToken,
  proofOf,
  publicHalf,
  requestFor,
  wanted,
} from './wallet.ts'

type Members = Record<string, unknown>

/** The same token obtains a credential once the request is right. */
async function expectAccepted(plan: Plan, granted: Granted): Promise<void> {
  const request = await requestFor(plan, granted, [await newKey()])
  const { credentials } = credentialsIn(plan, await ask(plan, granted, request))
  expect(credentials).toHaveLength(1)
}

async function expectRefused(
  plan: Plan,
  error: string,
  fault: (granted: Granted) => Members | Promise<Members>,
): Promise<void> {
  const granted = await obtainToken(plan)
  const request = { ...wanted(granted), ...(await fault(granted)) }
  expectRefusal(await ask(plan, granted, request), error)
  await expectAccepted(plan, granted)
}

export const invalidNonce = (plan: Plan) =>
  expectRefused(plan, 'invalid_nonce', async (granted) => {
    const nonce = crypto.randomUUID()
    return { proofs: { jwt: [await proofOf(plan, granted, await newKey(), nonce)] } }
  })

export const invalidProofSignature = (plan: Plan) =>
  expectRefused(plan, 'invalid_proof', async (granted) => {
    const proof = await proofOf(plan, granted, await newKey(), await newNonce(plan))
    return { proofs: { jwt: [withInvalidSignature(proof)] } }
  })

export const missingProof = (plan: Plan) => expectRefused(plan, 'invalid_proof', () => ({}))

/** Both where the attestation is the proof, and where it is in the header of one. */
export async function invalidKeyAttestation(plan: Plan): Promise<void> {
  const granted = await obtainToken(plan, plan.wallet, `${plan.credential}_attested`)
  const requestOf = async (type: 'attestation' | 'jwt', change: (jwt: string) => string) => {
    const [key, nonce] = [await newKey(), await newNonce(plan)]
    const attestation = change(await keyAttestation([publicHalf(key)], nonce))
    const proof =
      type === 'attestation'
        ? attestation
        : await proofOf(plan, granted, key, nonce, { key_attestation: attestation })
    return { ...wanted(granted), proofs: { [type]: [proof] } }
  }
  for (const type of ['attestation', 'jwt'] as const) {
    const refused = await ask(plan, granted, await requestOf(type, withInvalidSignature))
    expectRefusal(refused, 'invalid_proof')
    const accepted = await ask(plan, granted, await requestOf(type, (jwt) => jwt))
    expect(credentialsIn(plan, accepted).credentials).toHaveLength(1)
  }
  const unattested = await requestFor(plan, granted, [await newKey()])
  expectRefusal(await ask(plan, granted, unattested), 'invalid_proof')
}

/** Also where a plan is plain: its issuer encrypts for wallets that ask for it. */
export async function unsupportedEncryption(plan: Plan): Promise<void> {
  const granted = await obtainToken(plan)
  const request = async () => requestFor(plan, granted, [await newKey()])
  const responseKey = { alg: 'UNSUPPORTED_ALG' }
  const refused = await ask(plan, granted, await request(), { encrypted: true, responseKey })
  expectRefusal(refused, 'invalid_encryption_parameters')
  const accepted = await ask(plan, granted, await request(), { encrypted: true })
  credentialsIn({ ...plan, encrypted: true }, accepted)
}

const proofs = async (plan: Plan, granted: Granted) => {
  const proof = await proofOf(plan, granted, await newKey(), await newNonce(plan))
  return { proofs: { jwt: [proof] } }
}

export const unknownConfiguration = (plan: Plan) =>
  expectRefused(plan, 'unknown_credential_configuration', async (granted) => ({
    ...{ credential_configuration_id: `unknown:${crypto.randomUUID()}` },
    ...{ credential_identifier: undefined, ...(await proofs(plan, granted)) },
  }))

export const unknownIdentifier = (plan: Plan) =>
  expectRefused(plan, 'unknown_credential_identifier', async (granted) => ({
    ...{ credential_identifier: `unknown:${crypto.randomUUID()}` },
    ...{ credential_configuration_id: undefined, ...(await proofs(plan, granted)) },
  }))

/** FAPI 2.0 §5.3.4: neither alone in the query, nor there as well as in the header. */
export async function tokenInQuery(plan: Plan): Promise<void> {
  const granted = await obtainToken(plan)
  const url = new URL(plan.metadata['credential_endpoint'])
  url.searchParams.set('access_token', granted.tokens.access_token)
  const body = JSON.stringify(await requestFor(plan, granted, [await newKey()]))
  const headers = { 'Content-Type': 'application/json' }
  const alone = await plan.send(url, { method: 'POST', headers, body })
  expect([400, 401]).toContain(alone.status)
  expect(await alone.text()).not.toContain('credential"')
  const twice = await call(plan, granted, url.href, body)
  expect(twice.status).toBe(400)
  await expectAccepted(plan, granted)
}
