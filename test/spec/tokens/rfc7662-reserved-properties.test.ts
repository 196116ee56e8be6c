/** Properties of a token never replace registered members of responses. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tokenHash } from '../../../src/oauth/tokens/access-token.ts'
import {
  authorize,
  createService,
  form,
  obtainTokens,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client()
})
afterAll(() => service.close())

const names = ['sub', 'scope', 'aud', 'cnf', 'exp', 'iss', 'client_id', 'active', 'refresh_token']
const propertiesOf = (key: string) => [
  { key: 'shown', value: 'yes' },
  { key, value: 'admin' },
]

describe('token property with the name of a registered member', () => {
  it.each(names)('is refused wherever properties can be set: %s (RFC 7662 §2.2)', async (key) => {
    const properties = propertiesOf(key)
    const { ticket } = await authorize(service, client)
    const { accessToken } = await obtainTokens(service, client)
    const grant = { grant_type: 'client_credentials' }
    const answers = [
      await service.api('/auth/authorization/issue', { ticket, subject: 'alice', properties }),
      await service.api('/auth/token/create', {
        ...{ grantType: 'CLIENT_CREDENTIALS', clientId: client.clientId, properties },
      }),
      await service.api('/auth/token/update', { accessToken, properties }),
      await service.api('/auth/token/issue', { ticket: 'x', subject: 'alice', properties }),
      await service.api('/device/complete', { userCode: 'x', result: 'AUTHORIZED', properties }),
      await service.api('/backchannel/authentication/complete', {
        ...{ ticket: 'x', result: 'AUTHORIZED', subject: 'alice', properties },
      }),
      await requestToken(service, client, grant, { properties: JSON.stringify(properties) }),
    ]
    for (const answer of answers) {
      expect(answer).toMatchObject({ resultCode: 'P000206' })
      expect(answer.resultMessage).toContain(`\\"${key}\\"`.replaceAll('\\', ''))
    }
  })

  it.each(names)('does not replace the member if it is already stored: %s', async (key) => {
    const made = await service.api('/auth/token/create', {
      ...{ grantType: 'CLIENT_CREDENTIALS', clientId: client.clientId },
    })
    const { store, serviceId } = service
    const hash = tokenHash(made.accessToken)
    const row = await store.accessTokens.find(serviceId, hash)
    if (!row) throw new Error('The token is not stored.')
    const properties = propertiesOf(key).map((each) => ({ ...each, hidden: false }))
    const data = { ...row.data, grant: { ...row.data.grant, properties } }
    await store.commit(store.accessTokens.update(serviceId, hash, { data }))
    const parameters = form({ token: made.accessToken })
    const { responseContent } = await service.api('/auth/introspection/standard', { parameters })
    expect(responseContent).toContain('"shown":"yes"')
    expect(responseContent).not.toContain('"admin"')
  })
})
