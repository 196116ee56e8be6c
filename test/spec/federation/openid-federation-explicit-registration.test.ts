/** Explicit registration of relying parties, OpenID Federation §12.2. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { attributes } from '../../support/entity.ts'
import {
  explicitStage,
  type Stage,
  type Statement,
  statementOf,
} from '../../support/explicit-registration.ts'
import { entity, minute, relyingParty } from '../../support/federation.ts'
import { form, issuer, obtainTokens, redirectUri, refresh } from '../../support/flows.ts'
import { jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'

const store = sharedStore()
let stage: Stage
beforeEach(async () => {
  stage = await explicitStage({ on: store() })
})
afterEach(() => stage.service.close())

const asked = () => stage.service.system.fetch.asked.map(({ url }) => url)

const withSecret = { token_endpoint_auth_method: 'client_secret_basic' }
const partyWithSecret = () => relyingParty('https://secret.example', [stage.middle], withSecret)

/** The client as callers and its secret name it. */
const withSecretOf = ({ client }: Json, { metadata }: Statement) => ({
  clientId: client.clientId,
  clientSecret: metadata.client_secret,
})

describe('explicit registration', () => {
  it('answers with a statement about the client (OpenID Federation §12.2.3)', async () => {
    const { service, party, middle, anchor } = stage
    const { answer, statement } = await stage.registered()
    const { header, claims, metadata } = statement
    expect(answer.contentType).toBe('application/explicit-registration-response+jwt')
    expect(header).toMatchObject({ typ: 'explicit-registration-response+jwt' })
    const now = Math.floor(service.system.clock() / 1_000)
    expect(claims).toEqual({
      ...{ iss: issuer, sub: party.id, aud: party.id, iat: now, exp: now + 300 },
      trust_anchor: anchor.id,
      authority_hints: [middle.id],
      jwks: JSON.parse(jwksOf(publicKey(party.key))),
      metadata: {
        openid_relying_party: metadata,
        federation_entity: expect.any(Object),
      },
    })
    expect(metadata).toMatchObject({
      client_id: party.id,
      client_name: 'Federated client',
      redirect_uris: [redirectUri],
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'private_key_jwt',
      client_id_issued_at: now,
    })
    expect(metadata).not.toHaveProperty('client_secret')
    expect(metadata).not.toHaveProperty('registration_access_token')
    expect(answer.client).toMatchObject({
      ...{ entityId: party.id, explicitlyRegistered: true, trustAnchorId: anchor.id },
      trustChainExpiresAt: (now + 300) * 1_000,
      clientSource: 'EXPLICIT_REGISTRATION',
    })
    const { clientId } = answer.client
    const path = `/api/${service.serviceId}/client/get/${clientId}`
    expect(await service.get(path)).toMatchObject({ entityId: party.id, clientId })
  })

  it('discovers the chain from the authority_hints of the request (§12.2.2)', async () => {
    const { party, middle, federation } = stage
    const elsewhere = await entity('https://elsewhere.example')
    federation.publish(party)
    const own = { ...party, superiors: [elsewhere] }
    stage.service.system.fetch.answer(`${party.id}/.well-known/openid-federation`, async () => ({
      body: await federation.configuration(own),
    }))
    const answer = await stage.register({ entityConfiguration: await stage.request() })
    const { claims } = await statementOf(stage.service, answer)
    expect(claims['authority_hints']).toEqual([middle.id])
    expect(asked()).toContain(`${middle.id}/.well-known/openid-federation`)
    expect(asked()).not.toContain(`${elsewhere.id}/.well-known/openid-federation`)
  })

  it('takes a trust chain in place of the configuration, without a fetch (§12.2.1)', async () => {
    const { party, federation } = stage
    const [, ...superior] = await federation.chain(party)
    const trustChain = JSON.stringify([await stage.request(), ...superior])
    const answer = await stage.register({ trustChain })
    expect(answer).toMatchObject({ action: 'OK', client: { entityId: party.id } })
    expect(asked()).toEqual([])
  })

  it('takes a trust chain in the header; the metadata of the request count (§12.2.2)', async () => {
    const { party } = stage
    const trust_chain = await stage.federation.chain(party)
    const tailored = {
      ...(party.metadata['openid_relying_party'] as object),
      client_name: 'For you',
    }
    const answer = await stage.register({
      entityConfiguration: await stage.request(party, {
        header: { trust_chain },
        claims: { metadata: { openid_relying_party: tailored } },
      }),
    })
    expect(answer).toMatchObject({ action: 'OK', client: { clientName: 'For you' } })
    expect((await statementOf(stage.service, answer)).claims.metadata).toEqual({
      openid_relying_party: expect.objectContaining({ client_name: 'For you' }),
    })
    expect(asked()).toEqual([])
  })

  it('takes a form body', async () => {
    const { service } = stage
    const body = form({ entityConfiguration: await stage.chained() })
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
    expect(await service.api('/federation/registration', body, type)).toMatchObject({
      action: 'OK',
    })
  })

  it('registers what superiors make of the metadata, and what the service supports', async () => {
    const { party, middle, anchor, service } = stage
    await service.configure({ supportedGrantTypes: ['AUTHORIZATION_CODE'] })
    middle.statements[anchor.id] = {
      metadata_policy: { openid_relying_party: { contacts: { add: ['ops@anchor.example'] } } },
    }
    const { metadata } = (await stage.registered(party)).statement
    expect(metadata).toMatchObject({
      contacts: ['ops@anchor.example'],
      grant_types: ['authorization_code'],
    })
  })

  it('ends before the trust chain does, and after ext.federation.chain_seconds', async () => {
    const short = attributes({ 'ext.federation.chain_seconds': 60 })
    await stage.service.close()
    stage = await explicitStage({ on: store() }, short)
    const { answer, statement } = await stage.registered()
    const { iat = 0, exp } = statement.claims
    expect(exp).toBe(iat + 60)
    expect(answer.client.trustChainExpiresAt).toBe((iat + 60) * 1_000)
  })
})

describe('secret of an explicitly registered client', () => {
  it('is told and does not expire before the registration (OpenID Federation §12.2.2)', async () => {
    const party = await partyWithSecret()
    const { answer, statement } = await stage.registered(party)
    expect(statement.metadata).toMatchObject({
      ...{ client_secret: expect.stringMatching(/^[\w-]{86}$/), client_secret_expires_at: 0 },
      ...withSecret,
    })
    const client = withSecretOf(answer, statement)
    expect(await obtainTokens(stage.service, client)).toMatchObject({ action: 'OK' })
  })

  it('is told if only hashes are stored, and a new registration replaces it', async () => {
    const hashed = attributes({ 'ext.client_secret.storage': 'hashed' })
    await stage.service.close()
    stage = await explicitStage({ on: store() }, hashed)
    const party = await partyWithSecret()
    const one = await stage.registered(party)
    const other = await stage.registered(party)
    const [first, second] = [one, other].map((each) => withSecretOf(each.answer, each.statement))
    expect(second?.clientSecret).not.toBe(first?.clientSecret)
    expect(await obtainTokens(stage.service, second)).toMatchObject({ action: 'OK' })
    expect(await obtainTokens(stage.service, first)).toMatchObject({ action: 'INVALID_CLIENT' })
  })
})

describe('registration of a relying party that is known', () => {
  it('replaces its metadata and keeps its tokens (OpenID Federation §12.2.2)', async () => {
    const party = await partyWithSecret()
    const { answer, statement } = await stage.registered(party)
    const tokens = await obtainTokens(stage.service, withSecretOf(answer, statement))
    stage.service.system.clock.advance(minute)
    party.metadata['openid_relying_party'] = {
      ...(party.metadata['openid_relying_party'] as object),
      client_name: 'Renamed',
    }
    const again = await stage.registered(party)
    expect(again.answer.client).toMatchObject({
      ...{ clientId: answer.client.clientId, clientName: 'Renamed' },
      trustChainExpiresAt: answer.client.trustChainExpiresAt + minute,
    })
    const client = withSecretOf(again.answer, again.statement)
    expect(await refresh(stage.service, client, tokens.refreshToken)).toMatchObject({
      action: 'OK',
    })
  })

  it('keeps a lock', async () => {
    const { service, party } = stage
    const { answer } = await stage.registered(party)
    const { clientId } = answer.client
    await service.api(`/client/lock_flag/update/${clientId}`, { clientLocked: true })
    const again = await stage.register({ entityConfiguration: await stage.chained() })
    expect(again).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P138007' })
  })

  it('is stored once, of twenty at the same time', async () => {
    await stage.service.close()
    // No call is shed, however slow the machine is.
    const limits = { maxInFlight: 100, maxWaitMilliseconds: 60_000 }
    stage = await explicitStage({ on: store(), limits })
    const { service } = stage
    const requests = await Promise.all(Array.from({ length: 20 }, () => stage.chained()))
    const answers = await Promise.all(
      requests.map((entityConfiguration) => stage.register({ entityConfiguration })),
    )
    expect(new Set(answers.map(({ action }) => action))).toEqual(new Set(['OK']))
    expect(new Set(answers.map(({ client }) => client.clientId)).size).toBe(1)
    const { clients } = await service.get(`/api/${service.serviceId}/client/get/list`)
    expect(clients).toHaveLength(1)
  })
})
