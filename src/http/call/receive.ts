/** What arrives: the request as operations get it, and its body within its limits. */
import { CallerError, defineCallerRules } from '../../refusal.ts'
import type { Incoming } from '../admit.ts'
import { type RawBody, tooLarge } from '../body.ts'
import { networkOf } from '../client-address.ts'
import type { Arrivals, Missed } from '../load-shedding/arrivals.ts'
import type { CallSlot } from '../load-shedding/call-slot.ts'
import type { Arrived } from './arrived.ts'

export const rules = defineCallerRules('Transport', {
  operationUnknown: {
    code: 'P000401',
    status: 404,
    message: 'The operation is unknown: check the path of the URL.',
  },
  methodUnknown: {
    code: 'P000402',
    status: 405,
    message: 'The HTTP method is not supported by this operation.',
  },
  storeUnavailable: {
    code: 'P000801',
    status: 503,
    message: 'The database is not available at present; whether the call had an effect is unknown.',
  },
  overloaded: {
    code: 'P000802',
    status: 503,
    message:
      'The server is overloaded and rejected the call without processing it: try again later.',
  },
  bodyLate: {
    code: 'P000803',
    status: 408,
    message: 'The request body was not received completely in time.',
  },
})

const missed = { late: rules.bodyLate, crowded: rules.overloaded }

export function fail(rule: ConstructorParameters<typeof CallerError>[0]): never {
  throw new CallerError(rule)
}

export function incomingOf(
  arrived: Arrived,
  requestId: string,
  slot: CallSlot,
  arrivals: Arrivals,
): Incoming {
  return {
    requestId,
    assign(serviceId) {
      if (!slot.assign(serviceId)) fail(rules.overloaded)
    },
    authorization: arrived.field('authorization'),
    prefer: arrived.field('prefer'),
    field: (name) => arrived.field(name),
    sender: () => networkOf(arrived.remoteAddress()),
    clientAddress: networkOf(arrived.field('x-client-address')),
    params: arrived.params,
    query: () => arrived.query(),
    body: (limit) => receiveBody(arrived, limit, slot, arrivals),
  }
}

/** A call holds no slot while it waits for its body, and has a deadline for it. */
function receiveBody(
  arrived: Arrived,
  limit: number,
  slot: CallSlot,
  arrivals: Arrivals,
): Promise<RawBody> {
  const reading = readBody(arrived, limit)
  return new Promise((resolve, reject) => {
    const refuse = (why: Missed) => reject(new CallerError(missed[why]))
    const arrival = arrivals.expect(slot, refuse)
    reading.then(
      (raw) => (arrival.arrived() ? resolve(raw) : refuse('crowded')),
      (error: unknown) => {
        arrival.failed()
        if (error instanceof CallerError) reject(error)
        else refuse('late')
      },
    )
  })
}

/** At most `limit` bytes, with or without a Content-Length. */
async function readBody(arrived: Arrived, limit: number): Promise<RawBody> {
  const contentType = arrived.field('content-type')
  if (Number(arrived.field('content-length') ?? 0) > limit) throw tooLarge()
  return { contentType, bytes: await arrived.read(limit) }
}
