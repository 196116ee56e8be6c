/** Modules that obtain credentials: OpenID4VCI §8.3, §11 and RFC 9901 §10.1. */
import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { callApi } from '../../../../examples/demo/seed.ts'
import { credentialsIn, expectCredential, expectTokens, expectValid, type Place } from './checks.ts'
import type { Plan } from './plan.ts'
import { ask, call, type Granted, newKey, obtainToken, offerOf, requestFor } from './wallet.ts'

async function obtain(plan: Plan, granted: Granted, headers: Record<string, string> = {}) {
  const key = await newKey()
  const answer = await ask(plan, granted, await requestFor(plan, granted, [key]), { headers })
  const { credentials, notificationId } = credentialsIn(plan, answer)
  expect(credentials).toHaveLength(1)
  const { claims } = await expectCredential(plan, credentials[0] ?? '', key)
  await expectValid(plan, claims)
  const { status_list: place } = claims.status
  return { notificationId, place, response: answer.response, credential: credentials[0] ?? '' }
}

/** The event that the wallet reported of the credential at a place, as Postern keeps it. */
async function eventOf({ world }: Plan, { by }: Granted, { uri, idx }: Place): Promise<unknown> {
  const selection = { clientIdentifier: by.client.client_id, limit: 100 }
  const path = `${world.serviceId}/vci/credential/list`
  const { credentials } = await callApi(world.api, path, selection)
  const all = credentials as { statusUri: string; statusIdx: number; event?: string }[]
  const found = all.filter((each) => each.statusUri === uri && each.statusIdx === idx)
  expect(found).toHaveLength(1)
  return found[0]?.event
}

/** OpenID4VCI §4.1.1: no member but those of the specification. */
async function expectOffer(plan: Plan): Promise<void> {
  const { offer, response } = await offerOf(plan, plan.credential)
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  const { credential_issuer, credential_configuration_ids, grants, ...rest } = offer
  expect(rest).toEqual({})
  expect({ credential_issuer, credential_configuration_ids }).toEqual({
    ...{ credential_issuer: plan.world.issuer, credential_configuration_ids: [plan.credential] },
  })
  expect(Object.keys(grants)).toHaveLength(1)
}

export async function happyFlow(plan: Plan): Promise<void> {
  if (plan.start !== 'wallet') await expectOffer(plan)
  const nonce = await plan.send(plan.metadata['nonce_endpoint'], { method: 'POST' })
  expect([nonce.status, nonce.headers.get('cache-control')]).toEqual([200, 'no-store'])
  const granted = await obtainToken(plan)
  expectTokens(plan, granted)
  const interaction = crypto.randomUUID()
  const { notificationId, place, response } = await obtain(plan, granted, {
    'X-FAPI-Interaction-ID': interaction,
  })
  const echoed = response.headers.get('x-fapi-interaction-id')
  expect([null, interaction]).toContain(echoed)
  const event = { notification_id: notificationId, event: 'credential_accepted' }
  const noted = await call(plan, granted, 'notification_endpoint', event)
  expect(noted.status).toBe(204)
  expect(await eventOf(plan, granted, place)).toBe('credential_accepted')
}

/** HAIP §6: the same in the other format, which the plan asks for by encrypted requests, too. */
export async function happyFlowInBothFormats(plan: Plan): Promise<void> {
  await happyFlow(plan)
  const credential = plan.credential === 'mdl' ? 'identity' : 'mdl'
  await happyFlow({ ...plan, credential, encrypted: true })
}

/** Headers that FAPI clients send do no harm, and each request has a nonce of its own. */
export async function additionalRequests(plan: Plan): Promise<void> {
  const granted = await obtainToken(plan)
  const ipv6 = { 'X-FAPI-Customer-IP-Address': '2001:db8::1893:25c8:1946' }
  await obtain(plan, granted, { 'X-FAPI-Customer-IP-Address': '198.51.100.119' })
  const utf8 = { Accept: 'application/json;charset=UTF-8', 'Accept-Charset': 'utf-8' }
  await obtain(plan, granted, { ...ipv6, ...utf8 })
  await obtain(plan, granted, { Accept: 'application/json, application/*+json, */*' })
}

/** Each wallet has its tokens, and cannot use those of the other. */
export async function multipleClients(plan: Plan): Promise<void> {
  const first = await obtainToken(plan)
  const second = await obtainToken(plan, plan.second)
  expect(second.by.client.client_id).not.toBe(first.by.client.client_id)
  const [one, other] = [await obtain(plan, first), await obtain(plan, second)]
  expect(one.credential).not.toBe(other.credential)
  const crossed = { ...second, tokens: first.tokens }
  const request = await requestFor(plan, second, [await newKey()])
  expect((await ask(plan, crossed, request)).status).toBe(401)
}

/** OpenID4VCI §11: wallets need not report what they did. */
export async function skipNotification(plan: Plan): Promise<void> {
  const granted = await obtainToken(plan)
  const first = await obtain(plan, granted)
  const next = await obtain(plan, granted)
  expect(first.notificationId).not.toBe(next.notificationId)
  for (const { place } of [first, next]) expect(await eventOf(plan, granted, place)).toBeUndefined()
}

const batch = 5
const hour = 3600

/** OpenID4VCI §3.3.2, RFC 9901 §10.1, Token Status List §13.3, HAIP §6.1. */
export async function batchIssuance(plan: Plan): Promise<void> {
  const granted = await obtainToken(plan)
  const keys = await Promise.all(Array.from({ length: batch }, newKey))
  const answer = await ask(plan, granted, await requestFor(plan, granted, keys))
  const { credentials } = credentialsIn(plan, answer)
  expect(credentials).toHaveLength(batch)
  const read = await Promise.all(
    credentials.map((each, index) => expectCredential(plan, each, keys[index] ?? {})),
  )
  const [first] = read
  for (const { data, times } of read) {
    expect(data).toEqual(first?.data)
    for (const time of times) expect(time % hour).toBe(0)
  }
  const places = read.map(({ claims }) => claims.status.status_list)
  expect(new Set(places.map(({ uri }) => uri)).size).toBe(1)
  const indices = places.map(({ idx }) => idx).sort((a, b) => a - b)
  const steps = indices.slice(1).map((each, index) => each - (indices[index] ?? 0))
  expect(steps).not.toContain(0)
  expect(new Set(steps).size).toBeGreaterThan(1)
  if (plan.credential === 'identity') expectOwnSalts(credentials)
}

function expectOwnSalts(credentials: readonly string[]): void {
  const disclosures = credentials.flatMap((each) => each.split('~').slice(1, -1))
  expect(disclosures.length).toBeGreaterThan(credentials.length)
  const salts = disclosures.map((each) => JSON.parse(Buffer.from(each, 'base64url').toString())[0])
  expect(new Set(salts).size).toBe(salts.length)
  const digests = credentials.flatMap((each) => decodeJwt(each.split('~')[0] ?? '')['_sd'])
  expect(new Set(digests).size).toBe(digests.length)
}
