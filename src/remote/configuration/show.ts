/** Plans as text for people, and as data for programs. */
import type { Json } from '../call.ts'
import { changesAnything, type Planned } from './plan.ts'

const longest = 200

/** Values on one line, without what would move the cursor of a terminal. */
function shown(value: unknown): string {
  const text = value === undefined ? '(none)' : JSON.stringify(value).replace(/\p{Cc}/gu, '?')
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

/** The batches of one file as one plan. */
export function planOf({ asked, serviceId, plans }: Planned): Json {
  const every = (member: (plan: Json) => Json[]) => plans.flatMap(member)
  const unnamed = new Set<string>()
  return {
    file: asked.path,
    key: asked.key,
    serviceId: serviceId === undefined ? undefined : Number(serviceId),
    isNew: serviceId === undefined,
    hasChanges: serviceId === undefined || plans.some(changesAnything),
    changes: every(({ changes }) => changes),
    clients: {
      created: every(({ clients }) => clients.created),
      updated: every(({ clients }) => clients.updated),
      deleted: every(({ clients }) => clients.deleted),
    },
    lint: {
      appears: every(({ lint }) => lint.appears),
      vanishes: every(({ lint }) => lint.vanishes),
      broken: [...new Set(every(({ lint }) => lint.broken))],
    },
    effects: every(({ effects }) => effects).filter(({ kind, name }) => {
      const isKnown = unnamed.has(`${kind} ${name}`)
      unnamed.add(`${kind} ${name}`)
      return !isKnown
    }),
  }
}

export function planText(plan: Json): string {
  const { key, changes, clients, lint, effects } = plan
  if (plan.isNew) return `${key}: The service is new and will be created.`
  if (!plan.hasChanges) return `${key}: No changes.`
  const created = new Set(clients.created)
  const isOfNew = (path: string) => created.has(/^clients\.([^.]+|.*?)\./.exec(path)?.[1] ?? '')
  return [
    `${key}:`,
    ...changes
      .filter(({ path }: Json) => !isOfNew(path))
      .map(({ path, before, after }: Json) => `  ~ ${path}: ${shown(before)} → ${shown(after)}`),
    ...clients.created.map((name: string) => `  + client ${name}`),
    ...clients.deleted.map((client: Json) => `  - client ${client.key ?? client.clientId}`),
    ...effects.map(effectText),
    ...lint.appears.map(({ document, code, says }: Json) => `  ! ${code} ${document}: ${says}`),
    ...lint.vanishes.map(({ document, code }: Json) => `  ✓ ${code} ${document} no longer applies`),
    ...lint.broken.map((profile: string) => `  ! The required profile ${profile} is broken.`),
  ].join('\n')
}

function effectText({ says, clients, atLeast }: Json): string {
  if (clients === undefined) return `  ! ${says}`
  return `  ! ${says} Clients that use it: ${atLeast ? 'at least ' : ''}${clients}.`
}

/** The changes as lines that begin with `-` and `+`. */
export function diffText({ key, changes, clients }: Json): string {
  const lines = changes.flatMap(({ path, before, after }: Json) => [
    `@ ${path}`,
    ...(before === undefined ? [] : [`- ${shown(before)}`]),
    ...(after === undefined ? [] : [`+ ${shown(after)}`]),
  ])
  const gone = clients.deleted.map((client: Json) => `- client ${client.key ?? client.clientId}`)
  return [`# ${key}`, ...lines, ...gone].join('\n')
}
