/** What arrives: the request as operations get it, and its body within its limits. */
import { CallerError, defineCallerRules } from '../../refusal.ts'
import type { Incoming } from '../admit.ts'
import { type RawBody, refuseTooLarge } from '../body.ts'
import { networkOf } from '../client-address.ts'
import type { Arrivals, Missed } from '../load-shedding/arrivals.ts'
import type { CallSlot } from '../load-shedding/call-slot.ts'
import { fieldOf, type Transported } from './header-field.ts'

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
  c: Transported,
  requestId: string,
  slot: CallSlot,
  arrivals: Arrivals,
): Incoming {
  return {
    requestId,
    assign(serviceId) {
      if (!slot.assign(serviceId)) fail(rules.overloaded)
    },
    authorization: fieldOf(c, 'authorization'),
    prefer: fieldOf(c, 'prefer'),
    field: (name) => fieldOf(c, name),
    sender: () => networkOf(c.env?.incoming?.socket.remoteAddress),
    clientAddress: networkOf(fieldOf(c, 'x-client-address')),
    params: c.req.param() as Record<string, string>,
    query: () => c.req.query(),
    body: (limit) => receiveBody(c, limit, slot, arrivals),
  }
}

/** A call holds no slot while it waits for its body, and has a deadline for it. */
function receiveBody(
  c: Transported,
  limit: number,
  slot: CallSlot,
  arrivals: Arrivals,
): Promise<RawBody> {
  const reading = readBody(c, limit)
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

/** Reads at most `limit` bytes, with or without a Content-Length. */
async function readBody(c: Transported, limit: number): Promise<RawBody> {
  const contentType = fieldOf(c, 'content-type')
  const announced = fieldOf(c, 'content-length')
  if (Number(announced ?? 0) > limit) refuseTooLarge()
  const { raw } = c.req
  // The HTTP parser enforces Content-Length, so a stream is needed only without it.
  const bytes = announced === undefined ? await readStream(raw, limit) : await readWhole(raw, limit)
  return { contentType, bytes }
}

async function readWhole(request: Request, limit: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(await request.arrayBuffer())
  if (bytes.byteLength > limit) refuseTooLarge()
  return bytes
}

async function readStream(request: Request, limit: number): Promise<Uint8Array> {
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = request.body.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.byteLength
    if (length > limit) refuseTooLarge()
    chunks.push(part.value)
  }
  return Buffer.concat(chunks)
}
