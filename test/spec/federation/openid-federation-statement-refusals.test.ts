/** Trust chains that come with a registration and are refused, OpenID Federation §3.1 and §10.2. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { authorizeParty, federatedService, newParty } from '../../support/automatic.ts'
import { attributes } from '../../support/entity.ts'
import { explicitStage, type Stage } from '../../support/explicit-registration.ts'
import { type Bent, entity } from '../../support/federation.ts'
import { issuer } from '../../support/flows.ts'
import { sharedStore } from '../../support/stores.ts'

const store = sharedStore()
let stage: Stage
beforeEach(async () => {
  const chainsOnly = attributes({ 'ext.federation.static_chains': 'only' })
  stage = await explicitStage({ on: store() }, chainsOnly)
})
afterEach(() => stage.service.close())

const refusal = (error: string, resultCode: string) => ({
  ...{ action: 'BAD_REQUEST', resultCode },
  responseContent: expect.stringContaining(`"error":"${error}"`),
})

/** A chain of which the statement of the trust anchor about the intermediate is bent. */
async function withBentStatement(bent: Bent): Promise<string[]> {
  const { federation, party, middle, anchor } = stage
  const [own = '', inner = '', , top = ''] = await federation.chain(party)
  return [own, inner, await federation.about(anchor, middle, bent), top]
}

const registerBy = async (trust_chain: string[]) =>
  stage.register({
    entityConfiguration: await stage.request(stage.party, { header: { trust_chain } }),
  })

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('explicit registration is refused for a superior statement', () => {
  it.each<[string, string, Bent]>([
    ['without a kid', 'P135004', { header: { kid: undefined } }],
    ['of a subject that is no entity', 'P135005', { claims: { sub: 'http://middle.example' } }],
    ['of the future', 'P135006', { claims: { iat: 4_000_000_000, exp: 4_000_000_300 } }],
    ['without an exp', 'P135008', { claims: { exp: undefined } }],
    ['without keys', 'P135009', { claims: { jwks: { keys: [] } } }],
  ])('%s', async (_, code, bent) => {
    const answer = await registerBy(await withBentStatement(bent))
    expect(answer).toMatchObject(refusal('invalid_trust_chain', code))
  })

  it('with a symmetric algorithm', async () => {
    const [own = '', inner = '', , top = ''] = await stage.federation.chain(stage.party)
    const header = part({ alg: 'HS256', typ: 'entity-statement+jwt', kid: 'a' })
    const answer = await registerBy([
      own,
      inner,
      `${header}.${part({ iss: stage.anchor.id, sub: stage.middle.id })}.AAAA`,
      top,
    ])
    expect(answer).toMatchObject(refusal('invalid_trust_chain', 'P135003'))
  })
})

describe('explicit registration is refused for a chain', () => {
  it('of the provider that does not begin with its configuration', async () => {
    const { federation, party, middle, anchor } = stage
    const provider = await entity(issuer, { superiors: [middle] })
    const peer_trust_chain = [
      await federation.about(middle, provider),
      await federation.about(anchor, middle),
    ]
    const header = { trust_chain: await federation.chain(party), peer_trust_chain }
    const answer = await stage.register({
      entityConfiguration: await stage.request(party, { header }),
    })
    expect(answer).toMatchObject(refusal('invalid_trust_chain', 'P135102'))
  })

  it('whose immediate superior the relying party does not name', async () => {
    const header = { trust_chain: await stage.federation.chain(stage.party) }
    const claims = { authority_hints: ['https://other.example'] }
    const answer = await stage.register({
      entityConfiguration: await stage.request(stage.party, { header, claims }),
    })
    expect(answer).toMatchObject(refusal('invalid_trust_chain', 'P135104'))
  })

  it('that breaks a constraint of the trust anchor', async () => {
    const { middle, anchor } = stage
    middle.statements[anchor.id] = { constraints: { max_path_length: 0 } }
    const answer = await registerBy(await stage.federation.chain(stage.party))
    expect(answer).toMatchObject(refusal('invalid_trust_chain', 'P135107'))
  })

  it('whose trust anchor allows no relying parties', async () => {
    const { middle, anchor } = stage
    middle.statements[anchor.id] = {
      constraints: { allowed_entity_types: ['openid_provider'] },
    }
    const answer = await registerBy(await stage.federation.chain(stage.party))
    expect(answer).toMatchObject(refusal('invalid_metadata', 'P135109'))
  })
})

describe('automatic registration is refused for a chain', () => {
  it('of a single statement', async () => {
    const service = await federatedService(attributes({ 'ext.federation.static_chains': 'only' }), {
      on: store(),
    })
    const party = await newParty(service)
    const [own = ''] = await service.federation.chain(party)
    const answer = await authorizeParty(service, party, { header: { trust_chain: [own] } })
    expect(answer).toMatchObject({ resultCode: 'P135101' })
    await service.close()
  })
})
