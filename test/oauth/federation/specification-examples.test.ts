/** The examples of OpenID Federation: §6.1.5, Appendix A.2 and A.3. */
import { describe, expect, it } from 'vitest'
import { keySetFrom } from '../../../src/jose/key-set.ts'
import { isSignedBy, readStatement } from '../../../src/oauth/federation/entity-statement.ts'
import { resolvedMetadata, validateChain } from '../../../src/oauth/federation/trust-chain.ts'
import { type Entity, entity, federationOf } from '../../support/federation.ts'
import { publicKey } from '../../support/keys.ts'
import { testSystem } from '../../support/system.ts'
import { relyingParty as relyingPartyExample } from '../../vectors/federation-examples.ts'

const system = testSystem()
const { chain } = federationOf(system)

type Json = Record<string, unknown>

/** The metadata of an entity at the bottom of a chain that its last superior anchors. */
async function resolve(of: Entity, anchor: Entity, type: string): Promise<Json> {
  const texts = await chain(of)
  const valid = await validateChain(
    texts.map((text) => readStatement(text)),
    {
      anchors: [{ entityId: anchor.id, keys: keySetFrom([publicKey(anchor.key)]) }],
      now: system.clock(),
      skew: 0,
      isSignedBy,
    },
  )
  return inOrder(resolvedMetadata(valid, type))
}

/** Lists of the examples are sets: operators do not keep their order. */
const inOrder = (metadata: Json): Json =>
  Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [
      name,
      Array.isArray(value) ? [...value].sort() : value,
    ]),
  )

const provider = {
  issuer: 'https://op.umu.se',
  signed_jwks_uri: 'https://op.umu.se/jwks.jose',
  authorization_endpoint: 'https://op.umu.se/authorization',
  client_registration_types_supported: ['automatic', 'explicit'],
  request_parameter_supported: true,
  grant_types_supported: [
    'authorization_code',
    'implicit',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
  ],
  id_token_signing_alg_values_supported: ['ES256', 'RS256'],
  logo_uri: 'https://www.umu.se/img/umu-logo-left-neg-SE.svg',
  op_policy_uri: 'https://www.umu.se/en/website/legal-information/',
  response_types_supported: ['code', 'code id_token', 'token'],
  subject_types_supported: ['pairwise', 'public'],
  token_endpoint: 'https://op.umu.se/token',
  federation_registration_endpoint: 'https://op.umu.se/fedreg',
  token_endpoint_auth_methods_supported: [
    'client_secret_post',
    'client_secret_basic',
    'client_secret_jwt',
    'private_key_jwt',
  ],
}

const contacts = { contacts: { add: ['ops@edugain.geant.org'] } }
const eduGain = {
  metadata_policy: { openid_provider: contacts, openid_relying_party: contacts },
}

const swamid = {
  source_endpoint: 'https://swamid.se/fedapi',
  metadata_policy: {
    openid_provider: {
      id_token_signing_alg_values_supported: {
        subset_of: ['RS256', 'ES256', 'ES384', 'ES512'],
      },
      token_endpoint_auth_methods_supported: {
        subset_of: ['client_secret_jwt', 'private_key_jwt'],
      },
      userinfo_signing_alg_values_supported: { subset_of: ['ES256', 'ES384', 'ES512'] },
    },
  },
}

const umu = {
  source_endpoint: 'https://umu.se/openid/fedapi',
  metadata_policy: {
    openid_provider: {
      contacts: { add: ['ops@swamid.se'] },
      organization_name: { value: 'University of Umeå' },
      subject_types_supported: { value: ['pairwise'] },
      token_endpoint_auth_methods_supported: {
        default: ['private_key_jwt'],
        subset_of: ['private_key_jwt', 'client_secret_jwt'],
        superset_of: ['private_key_jwt'],
      },
    },
  },
}

describe('examples of the specification', () => {
  it('resolve the provider of a university below three superiors (OpenID Federation A.2.9)', async () => {
    const anchor = await entity('https://edugain.geant.org')
    const federation = await entity('https://swamid.se', {
      superiors: [anchor],
      statements: { [anchor.id]: eduGain },
    })
    const university = await entity('https://umu.se', {
      superiors: [federation],
      statements: { [federation.id]: swamid },
    })
    const op = await entity('https://op.umu.se', {
      superiors: [university],
      statements: { [university.id]: umu },
      metadata: { openid_provider: provider },
    })
    expect(await resolve(op, anchor, 'openid_provider')).toEqual(
      inOrder({
        ...provider,
        contacts: ['ops@swamid.se', 'ops@edugain.geant.org'],
        id_token_signing_alg_values_supported: ['RS256', 'ES256'],
        organization_name: 'University of Umeå',
        subject_types_supported: ['pairwise'],
        token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_jwt'],
      }),
    )
  })

  it('resolve the relying party of a wiki below two superiors (OpenID Federation A.3.1.2)', async () => {
    const anchor = await entity('https://edugain.geant.org')
    const federation = await entity('https://incommon.org', {
      superiors: [anchor],
      statements: { [anchor.id]: eduGain },
    })
    const policy = {
      application_type: { one_of: ['web', 'native'] },
      contacts: { add: ['ops@incommon.org'] },
      grant_types: { subset_of: ['authorization_code', 'refresh_token'] },
    }
    const metadata = {
      application_type: 'web',
      client_name: 'LIGO Wiki',
      contacts: ['ops@ligo.org'],
      grant_types: ['authorization_code', 'refresh_token'],
      id_token_signing_alg_values_supported: ['ES256', 'PS256', 'RS256'],
      signed_jwks_uri: 'https://wiki.ligo.org/jwks.jose',
      redirect_uris: ['https://wiki.ligo.org/openid/callback'],
      response_types: ['code'],
      subject_type: 'public',
      token_endpoint_auth_method: 'private_key_jwt',
    }
    const wiki = await entity('https://wiki.ligo.org', {
      superiors: [federation],
      statements: { [federation.id]: { metadata_policy: { openid_relying_party: policy } } },
      metadata: { openid_relying_party: metadata },
    })
    expect(await resolve(wiki, anchor, 'openid_relying_party')).toEqual(
      inOrder({
        ...metadata,
        contacts: ['ops@ligo.org', 'ops@edugain.geant.org', 'ops@incommon.org'],
      }),
    )
  })

  it('resolve a relying party by policies and metadata (OpenID Federation §6.1.5)', async () => {
    const anchor = await entity('https://federation.example.org')
    const organization = await entity('https://org.example.org', {
      superiors: [anchor],
      statements: {
        [anchor.id]: { metadata_policy: { openid_relying_party: relyingPartyExample.anchor } },
      },
    })
    const party = await entity('https://rp.example.org', {
      superiors: [organization],
      statements: {
        [organization.id]: {
          metadata_policy: { openid_relying_party: relyingPartyExample.intermediate },
          metadata: { openid_relying_party: relyingPartyExample.provided },
        },
      },
      metadata: { openid_relying_party: relyingPartyExample.published },
    })
    expect(await resolve(party, anchor, 'openid_relying_party')).toEqual(
      inOrder(relyingPartyExample.resolved),
    )
  })
})
