/** Rows that former versions wrote are still parsed. */
import { describe, expect, it } from 'vitest'
import { Grant } from '../../src/model/grant.ts'
import { NotificationMessage } from '../../src/model/notification.ts'
import { BackchannelRequest } from '../../src/model/request/backchannel-request.ts'
import { DeviceCode } from '../../src/model/request/device-code.ts'
import { Ticket } from '../../src/model/request/ticket.ts'

const ways: [Record<string, boolean>, string][] = [
  [{}, 'id'],
  [{ clientIdAliasUsed: false, metadataDocumentUsed: false }, 'id'],
  [{ clientIdAliasUsed: true, metadataDocumentUsed: false }, 'alias'],
  [{ clientIdAliasUsed: false, metadataDocumentUsed: true }, 'metadata-document'],
]

describe('row of a version that stored how a client was named as flags', () => {
  it.each(ways)('parses %j as namedBy %s in grants, tickets and requests', (flags, namedBy) => {
    expect(Grant.parse(flags)).toMatchObject({ namedBy })
    const scopes = { scopes: [] }
    expect(DeviceCode.parse({ ...flags, ...scopes })).toMatchObject({ namedBy })
    const request = { clientId: 1, deliveryMode: 'POLL', ...scopes, ...flags }
    const decision = { grant: flags }
    expect(BackchannelRequest.parse({ request, decision })).toMatchObject({
      request: { namedBy },
      decision: { grant: { namedBy } },
    })
    const ticket = { kind: 'token', clientId: 1, grantType: 'PASSWORD', ...scopes, ...flags }
    expect(Ticket.parse(ticket)).toMatchObject({ namedBy })
    expect(Ticket.parse({ kind: 'backchannel', ...request })).toMatchObject({ namedBy })
  })

  it('prefers namedBy to the flags if a row has both', () => {
    const both = { clientIdAliasUsed: false, namedBy: 'alias' }
    expect(Grant.parse(both)).toMatchObject({ namedBy: 'alias' })
  })
})

describe('notification of a version that did not store its kind', () => {
  it.each([
    [{ url: 'https://a.example/', token: 't', body: '{}' }, 'ciba'],
    [{ url: 'https://a.example/', body: '{}' }, 'token-batch'],
  ])('parses %j as a notification of the kind %s', (message, kind) => {
    expect(NotificationMessage.parse(message)).toEqual({ ...message, kind })
  })
})
