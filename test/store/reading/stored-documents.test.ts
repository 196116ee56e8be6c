/** Stored documents are read as their schemas parse them, without parsing them again. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { z } from 'zod'
import { ClientDocument, StoredClient } from '../../../src/model/client/client.ts'
import { storedDocument } from '../../../src/model/properties/stored-document.ts'
import { Service, ServiceDocument } from '../../../src/model/service/service.ts'
import { openDocuments } from '../../../src/store/configuration.ts'
import { valuesFor } from '../../support/property-values.ts'
import { createServer, type TestServer } from '../../support/server.ts'

const times = { createdAt: 1, modifiedAt: 2 }
const kinds: [string, z.ZodObject, z.ZodObject, Record<string, unknown>][] = [
  ['service', Service, ServiceDocument, { number: 1, apiKey: 2, ...times }],
  ['client', StoredClient, ClientDocument, { number: 1, clientId: 2, ...times }],
]
/** Values that are of another type, too long, too large, or not known. */
const wrong = [null, true, 1.5, -1, 2 ** 53, 'other', 'x'.repeat(300_000), [], ['a'], {}, [{}]]

/** What a parser returns or throws. */
function outcome(parse: (value: Record<string, unknown>) => unknown, stored: object): unknown {
  try {
    return { document: parse(structuredClone(stored) as Record<string, unknown>) }
  } catch (error) {
    return { issues: (error as z.ZodError).issues }
  }
}

describe.each(kinds)('stored %s', (_, schema, writable, readOnly) => {
  const read = storedDocument(schema)
  const parse = (value: unknown) => schema.parse(value)
  const defaults = { ...writable.parse({}), ...readOnly }
  const whole = { ...defaults, ...valuesFor(writable.shape as Record<string, z.ZodType>) }

  it('is read as its schema parses it, with all properties and with none', () => {
    for (const stored of [whole, defaults, readOnly]) {
      expect(outcome(read, stored)).toStrictEqual(outcome(parse, stored))
    }
  })

  it('is read as its schema parses it whatever one of its properties is', () => {
    for (const name of [...Object.keys(schema.shape), 'unknown']) {
      for (const value of [undefined, ...wrong]) {
        const stored = { ...whole, [name]: value }
        expect([name, value, outcome(read, stored)]).toEqual([name, value, outcome(parse, stored)])
      }
      const { [name]: _left, ...without } = whole as Record<string, unknown>
      expect([name, outcome(read, without)]).toEqual([name, outcome(parse, without)])
    }
  })
})

describe('documents of a service that this version wrote', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await createServer()
  })
  afterAll(() => server.close())
  afterEach(() => vi.restoreAllMocks())

  it('are not parsed again when they are read', async () => {
    const { post, store } = server
    const service = await post('/api/service/create', {
      serviceName: 'Read',
      issuer: 'https://a.example',
    })
    const client = await post(`/api/${service.apiKey}/client/create`, { clientName: 'Read' })
    const parses = [vi.spyOn(Service, 'parse'), vi.spyOn(StoredClient, 'parse')]
    const documents = openDocuments(store)
    expect(await documents.service(service.apiKey)).toMatchObject({ serviceName: 'Read' })
    expect(await documents.client(service.apiKey, client.clientId)).toMatchObject({
      clientName: 'Read',
    })
    for (const parse of parses) expect(parse).not.toHaveBeenCalled()
  })
})
