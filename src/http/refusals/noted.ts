/** Notes a refused call, with what may be told of it. */
import { type Context, processTime } from '../../context.ts'
import { type Shown, shownParameters } from '../../explain/evidence.ts'
import type { Refusals } from '../../model/request/refused-call.ts'
import type { Service } from '../../model/service/service.ts'
import { CallerError, catalogue, Refusal } from '../../refusal.ts'

/** Of a longer request, the parameters at the beginning are noted. */
const longest = 8_000

/** Notes a call that was refused after its caller was admitted. */
export function noteRefusedCall(
  refused: unknown,
  { operationId, path }: { operationId: string; path: string },
  { service, call, refusals, store, now }: Context & { service?: Service },
  body: unknown,
): void {
  if (!service || !(refused instanceof Refusal || refused instanceof CallerError)) return
  const { rule } = refused
  store.usage.refusal(service.apiKey, rule.code, processTime({ now, service }))
  const { area = '', name = '' } = catalogue.get(rule.code) ?? {}
  const evidence = evidenceOf(refused)
  const parameters = parametersOf(body)
  refusals.note(service.apiKey, {
    requestId: call.requestId,
    operationId,
    operation: path.replace('/api/{serviceId}', ''),
    code: rule.code,
    rule: `${area}.${name}`,
    ...('error' in rule ? { error: rule.error, spec: rule.spec } : {}),
    says: rule.message,
    ...(call.client ? { clientId: call.client.clientId, clientName: call.client.clientName } : {}),
    ...(evidence ? { evidence } : {}),
    ...(parameters ? { parameters } : {}),
  })
}

function evidenceOf(refused: Refusal | CallerError): Record<string, unknown> | undefined {
  if (!(refused instanceof Refusal)) return refused.detail ? { note: refused.detail } : undefined
  return refused.shown && { ...refused.shown }
}

function parametersOf(body: unknown): Record<string, Shown> | undefined {
  const given = (body as { parameters?: unknown } | undefined)?.parameters
  if (typeof given === 'string')
    return shownParameters(new URLSearchParams(given.slice(0, longest)))
  if (typeof given !== 'object' || given === null) return undefined
  return shownParameters(Object.entries(given))
}

/** Dry runs are not noted. */
export const withoutRefusals: Refusals = {
  closing: new AbortController().signal,
  beatMilliseconds: 15_000,
  note() {},
  list: () => ({ refusals: [], next: 0, hasMore: false }),
  follow: () => () => {},
  takePlace: () => undefined,
}
