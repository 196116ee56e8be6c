/** What modules of certification demand of responses and of credentials. */
import type { JWK } from 'jose'
import { expect } from 'vitest'
import { mdlType } from '../../../../examples/demo/vci/settings.ts'
import { statusOf, verifyIdentity, verifyLicence } from '../../../../examples/demo/vci/verify.ts'
import { readMdoc } from '../../../support/credential-readers.ts'
import { answerOf, type Plan } from './plan.ts'
import { type ask, firstRequest, type Granted } from './wallet.ts'

type Answer = Awaited<ReturnType<typeof ask>>

/** The credentials of a response, OpenID4VCI §8.3: encrypted if the plan is. */
export function credentialsIn(plan: Plan, answer: Answer) {
  expect(answer, answer.text).toMatchObject({ status: 200, isEncrypted: plan.encrypted })
  expect(answer.response.headers.get('cache-control')).toContain('no-store')
  expect(Date.parse(answer.response.headers.get('date') ?? '')).toBeCloseTo(Date.now(), -5)
  const { credentials, notification_id: notificationId, ...rest } = JSON.parse(answer.text)
  expect(rest).toEqual({})
  const all = (credentials as { credential: string }[]).map(({ credential }) => credential)
  return { credentials: all, notificationId: String(notificationId) }
}

/** A refusal, OpenID4VCI §8.3.1.2: plain JSON, even for a request that asked for encryption. */
export function expectRefusal(answer: Answer, error: string): void {
  const { status, type, isEncrypted } = answer
  expect({ status, type, isEncrypted }, answer.text).toEqual({
    ...{ status: 400, type: expect.stringMatching(/^application\/json/), isEncrypted: false },
  })
  expect(answer.response.headers.get('cache-control')).toContain('no-store')
  const { error_description, error_uri, ...body } = JSON.parse(answer.text)
  expect(body).toEqual({ error })
}

const fetcher = ({ send }: Plan) => send as unknown as typeof fetch

/** Of a credential in a status list. */
export interface Place {
  uri: string
  idx: number
}

interface Read {
  data: Record<string, unknown>
  claims: { status: { status_list: Place } }
  times: number[]
}

/** What is in a credential of alice that is signed by the issuer and bound to the key. */
export async function expectCredential(plan: Plan, credential: string, key: JWK): Promise<Read> {
  if (plan.credential === 'mdl') {
    expect(credential).toMatch(/^[A-Za-z0-9_-]+$/)
    const elements = await verifyLicence(credential, key, plan.root)
    expect(elements).toMatchObject({ family_name: 'Ashdown' })
    const { mso } = await readMdoc(credential, mdlType)
    const place = Object.fromEntries(mso.status.get('status_list')) as unknown as Place
    const times = Object.values<Date>(mso.validityInfo).map((each) => each.getTime() / 1000)
    return { data: elements, claims: { status: { status_list: place } }, times }
  }
  const claims = await verifyIdentity(credential, key, plan.root, fetcher(plan))
  const { vct, given_name, iat, exp } = claims
  expect({ vct, given_name }).toEqual({
    ...{ vct: `${plan.world.issuer}/vct/identity`, given_name: 'Alice' },
  })
  const type = (await (await plan.send(String(vct))).json()) as { vct: string }
  expect(type.vct).toBe(vct)
  const { status, cnf: _, ...data } = claims
  const place = status as { status_list: Place }
  return { data, claims: { status: place }, times: [Number(iat), Number(exp)] }
}

/** Token Status List §8.3. */
export const expectValid = async (plan: Plan, claims: object) =>
  expect(await statusOf({ ...claims }, fetcher(plan))).toBe(0)

/** RFC 6749 §5.1, RFC 9449 §5. */
export function expectTokens({ start }: Plan, { tokens, id }: Granted): void {
  expect(tokens).toMatchObject({ token_type: 'dpop', expires_in: expect.any(Number) })
  expect(tokens).not.toHaveProperty('id_token')
  if (start !== 'pre-authorized') expect(tokens.scope).toBe(id)
}

/** A wallet whose client attestation is refused for the rule, draft 07 §6.2. */
export async function expectUnattested(
  plan: Plan,
  fault: Parameters<Plan['attested']>[0],
  rule: string,
): Promise<void> {
  const id = plan.credential
  const good = await answerOf(firstRequest(plan, plan.attested(), id))
  expect([200, 201], good.text).toContain(good.status)
  const refused = await answerOf(firstRequest(plan, plan.attested(fault), id))
  expect([400, 401]).toContain(refused.status)
  expect(refused.type).toMatch(/^application\/json/)
  const { error, error_description } = JSON.parse(refused.text)
  expect(['invalid_client', 'invalid_request', 'invalid_client_attestation']).toContain(error)
  expect(error_description).toContain(rule)
}
