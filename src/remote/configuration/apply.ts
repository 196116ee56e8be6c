/** Applies planned files, batch by batch: each is whole, and the next run goes on after it. */
import { ask, type Json } from '../call.ts'
import type { Connection } from '../contexts.ts'
import { RemoteError } from '../failure.ts'
import { changesAnything, type Planned, plansOf } from './plan.ts'

export interface Order {
  allowDelete: boolean
  reason?: string | undefined
  source?: string | undefined
  /** Takes a secret that was made: it is shown this once. */
  keepSecret: (secret: MadeSecret) => void
}

export interface MadeSecret {
  service: string
  client: string
  clientId: number
  clientSecret: string
}

export interface Done extends Planned {
  serviceId: string
  isNew: boolean
}

export async function applyFile(
  connection: Connection,
  planned: Planned,
  order: Order,
): Promise<Done> {
  const { asked } = planned
  const isNew = planned.serviceId === undefined
  const serviceId = planned.serviceId ?? (await createdService(connection, planned))
  const plans = isNew ? await plansOf(connection, serviceId, asked) : planned.plans
  const changing = [...plans.keys()].filter((at) => changesAnything(plans[at]))
  const { reason, source, allowDelete } = order
  for (const at of changing) {
    const isLast = at === changing.at(-1)
    // The tag of the service has moved with the batches before.
    const plan =
      at === changing[0] ? plans[at] : await planAgain(connection, serviceId, planned, at)
    const applied = await ask(connection, {
      method: 'POST',
      path: `/api/${serviceId}/apply`,
      body: {
        ...asked.batches[at],
        etags: plan.etags,
        allowDelete,
        ...(isLast ? { digest: asked.digest } : {}),
        ...(reason === undefined ? {} : { reason }),
        ...(source === undefined ? {} : { source }),
      },
    })
    for (const { key, clientId, clientSecret } of applied.secrets) {
      order.keepSecret({ service: asked.key, client: key, clientId, clientSecret })
    }
  }
  return { asked, serviceId, plans, isNew }
}

async function planAgain(
  connection: Connection,
  serviceId: string,
  { asked, plans }: Planned,
  at: number,
): Promise<Json> {
  const body = asked.batches[at]
  const plan = await ask(connection, { method: 'POST', path: `/api/${serviceId}/plan`, body })
  const before = plans[at]?.etags.clients
  // What was shown must be what is applied.
  if (before && JSON.stringify(before) !== JSON.stringify(plan.etags.clients)) {
    throw new RemoteError('conflict', 'A client was changed since the plan: run the command again.')
  }
  return plan
}

async function createdService(connection: Connection, { asked }: Planned): Promise<string> {
  const { key, service = {} } = asked
  const attributes = [...(service.attributes ?? []), { key: 'ext.config.key', value: key }]
  const made = await ask(connection, {
    method: 'POST',
    path: '/api/service/create',
    body: { ...service, attributes },
  })
  return String(made.apiKey)
}
