/** A provider at which relying parties of a federation register explicitly. */
import type { JWTPayload } from 'jose'
import { createEntity, entityKeys, entitySettings, verified } from './entity.ts'
import {
  type Bent,
  type Entity,
  entity,
  federationOf,
  pinned,
  type RelyingParty,
  relyingParty,
} from './federation.ts'
import { issuer, type TestService } from './flows.ts'
import { publicKey } from './keys.ts'
import type { Json, ServerOptions } from './server.ts'

export interface Stage {
  service: TestService
  federation: ReturnType<typeof federationOf>
  anchor: Entity
  middle: Entity
  party: RelyingParty
  /** The configuration of the relying party, made for the provider. */
  request(of?: Entity, bent?: Bent): Promise<string>
  /** The same, with the trust chain of the relying party in its header. */
  chained(of?: Entity, bent?: Bent): Promise<string>
  register(body: Record<string, unknown>): Promise<Json>
  /** Registers with a trust chain in the header; it must succeed. */
  registered(of?: Entity, bent?: Bent): Promise<{ answer: Json; statement: Statement }>
}

export interface Statement {
  header: Record<string, unknown>
  claims: JWTPayload & Json
  /** The metadata that were registered. */
  metadata: Json
}

export async function explicitStage(
  given: ServerOptions,
  settings: Record<string, unknown> = {},
): Promise<Stage> {
  const anchor = await entity('https://anchor.example')
  const middle = await entity('https://middle.example', { superiors: [anchor] })
  const party = await relyingParty('https://rp.example', [middle])
  const service = await createEntity({ trustAnchors: [pinned(anchor)], ...settings }, given)
  const federation = federationOf(service.system)
  const request = (of: Entity = party, bent: Bent = {}) =>
    federation.configuration(of, { ...bent, claims: { aud: issuer, ...bent.claims } })
  const chained = async (of: Entity = party, bent: Bent = {}) => {
    const trust_chain = await federation.chain(of)
    return request(of, { ...bent, header: { trust_chain, ...bent.header } })
  }
  const register = (body: Record<string, unknown>) => service.api('/federation/registration', body)
  return {
    ...{ service, federation, anchor, middle, party, request, chained, register },
    async registered(of = party, bent) {
      const answer = await register({ entityConfiguration: await chained(of, bent) })
      if (answer.action !== 'OK') throw new Error(JSON.stringify(answer))
      return { answer, statement: await statementOf(service, answer) }
    },
  }
}

/** The response to the relying party, verified with the federation keys of the provider. */
export async function statementOf(service: TestService, answer: Json): Promise<Statement> {
  const { header, claims } = await verified(
    service,
    answer.responseContent,
    entityKeys.map(publicKey),
  )
  return { header, claims, metadata: claims.metadata.openid_relying_party }
}

/** A request for explicit registration, and the settings of the service that it is for. */
export async function registrationAt({ system }: Pick<TestService, 'system'>) {
  const anchor = await entity('https://anchor.example')
  const party = await relyingParty('https://rp.example', [anchor])
  const { chain, configuration } = federationOf(system)
  const header = { trust_chain: await chain(party) }
  const entityConfiguration = await configuration(party, { claims: { aud: issuer }, header })
  const settings = { ...entitySettings, trustAnchors: [pinned(anchor)] }
  return { settings, body: { entityConfiguration } }
}
