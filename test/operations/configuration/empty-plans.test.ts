/** A configuration that is applied has nothing left to change, whatever its properties are. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ClientDocument } from '../../../src/model/client/client.ts'
import { ServiceDocument } from '../../../src/model/service/service.ts'
import { clientKey, jwksOf, publicKey } from '../../support/keys.ts'
import { valuesFor } from '../../support/property-values.ts'
import { createServer, type Json, type TestServer } from '../../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await createServer()
})
afterAll(() => server.close())

const without = (document: Json, ...names: string[]): Json =>
  Object.fromEntries(Object.entries(document).filter(([name]) => !names.includes(name)))

const serviceValues = {
  ...without(valuesFor(ServiceDocument.shape), 'hsks'),
  jwksUri: 'https://as.example.com/jwks',
}
const clientValues = {
  ...without(valuesFor(ClientDocument.shape), 'registrationAccessTokenHash'),
  jwks: jwksOf(publicKey(clientKey)),
}

/** Applies a configuration to a service, and plans it again. */
async function appliedTo(serviceId: number, configuration: Json) {
  const plan = await server.call('POST', `/api/${serviceId}/plan`, configuration)
  if (plan.status !== 200) return undefined
  const { etags } = plan.body
  const applied = await server.call('POST', `/api/${serviceId}/apply`, { ...configuration, etags })
  expect([applied.status, applied.text]).toEqual([200, expect.anything()])
  return server.post(`/api/${serviceId}/plan`, configuration)
}

const newService = async () => (await server.post('/api/service/create', {})).apiKey

/** Some properties with their values, of which the others follow from what is absent. */
const some = (values: Json) =>
  fc.subarray(Object.keys(values)).map((names) => without(values, ...names))

describe('plan after apply', () => {
  it('is empty with every property of a service and of a client', async () => {
    const configuration = {
      key: 'whole',
      service: serviceValues,
      clients: { items: [{ ...clientValues, key: 'web' }] },
    }
    const serviceId = await newService()
    const again = await appliedTo(serviceId, configuration)
    expect(again).toMatchObject({ changes: [], clients: { unchanged: 1, updated: [] } })
    const stored = await server.get(`/api/${serviceId}/service/get`)
    expect(stored).toMatchObject(without(serviceValues, 'attributes'))
  })

  it.each(Object.entries(serviceValues))(
    'is empty with the one property %s of a service',
    async (name, value) => {
      const configuration = { key: 'one', service: { [name]: value } }
      const again = await appliedTo(await newService(), configuration)
      // Some properties are accepted together with others only.
      if (again) expect(again.changes).toEqual([])
    },
  )

  it('is empty with generated documents, one after the other on one service', async () => {
    const serviceId = await newService()
    let applied = 0
    const documents = fc.record({ service: some(serviceValues), client: some(clientValues) })
    await fc.assert(
      fc.asyncProperty(documents, async ({ service, client }) => {
        const items = [{ ...client, key: 'web' }]
        const again = await appliedTo(serviceId, { key: 'many', service, clients: { items } })
        if (!again) return
        applied += 1
        expect(again).toMatchObject({ changes: [], clients: { unchanged: 1 } })
      }),
      { numRuns: 60, seed: 145 },
    )
    expect(applied).toBeGreaterThan(0)
  })
})
