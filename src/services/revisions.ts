/** Revisions of a service or client: their list, the settings of one, and what differs. */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { ServiceContext } from '../context.ts'
import { type DocumentKind, type RevisionOrigin, settingsOf } from '../model/audit/revision.ts'
import { defineCallerRules, refuseCaller } from '../refusal.ts'
import type { DocumentName } from '../store/tables/changes/revisions.ts'

const rules = defineCallerRules('Revision', {
  unknown: {
    code: 'P143001',
    status: 404,
    message: 'The revision is unknown, or too old to be kept: the list has those that there are.',
  },
})

export const RevisionPath = z.object({
  revision: z.coerce
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .describe('The revision: a version of the document.'),
})

export const RevisionsQuery = z.object({
  before: z.coerce
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('Only revisions before this one: `next` of the previous response.'),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('At most so many.'),
})

export const DiffQuery = z.object({
  diff: z.coerce
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('Another revision: the response has the changes from it, in place of the settings.'),
})

const Entry = {
  revision: z.int().describe('The version of the document: the `ETag` of it began so.'),
  at: z.int().describe('When the change was made, in milliseconds since the epoch.'),
  operation: z
    .string()
    .optional()
    .describe('The operationId of the change; absent for one from before revisions were kept.'),
  actor: z
    .object({
      kind: z.enum(['api_token', 'client', 'server']).describe('Who acted.'),
      id: z.string().optional().describe('Identifier of the API token or client.'),
      label: z.string().optional().describe('The description of the API token at that time.'),
    })
    .optional()
    .describe('Who made the change.'),
  onBehalfOf: z
    .string()
    .optional()
    .describe('For whom the actor said it acts: a claim, which was not verified.'),
  reason: z.string().optional().describe('Why, as the caller said in `Postern-Reason`.'),
  requestId: z.string().optional().describe('The `X-Request-Id` of the call.'),
  restored: z.int().optional().describe('The revision whose settings the change brought back.'),
  secrets: z
    .array(z.string())
    .optional()
    .describe('JSON Pointers of the secrets and keys that the change replaced.'),
}

export const RevisionsResponse = z
  .object({
    revisions: z
      .array(z.object(Entry).meta({ id: 'revision_summary' }))
      .describe('The revisions, the newest first.'),
    next: z
      .int()
      .optional()
      .describe('The `before` of the next call; absent if there are no more.'),
  })
  .meta({ id: 'revision_list_response' })

const RevisionChange = z
  .object({
    path: z
      .string()
      .describe('A JSON Pointer (RFC 6901) to the setting; an attribute is named by its key.'),
    before: z.unknown().optional().describe('The earlier value; absent if there was none.'),
    after: z
      .unknown()
      .optional()
      .describe('The later value; absent if there is none. `(secret, changed)` for a secret.'),
  })
  .meta({ id: 'revision_change' })

export const RevisionResponse = z
  .object({
    ...Entry,
    settings: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('The settings with their defaults, and without secrets and keys.'),
    changes: z
      .array(RevisionChange)
      .optional()
      .describe('With `diff`: what changed from that revision to this one.'),
  })
  .meta({ id: 'revision_response' })

type Settings = Record<string, unknown>

/** A document with what is needed to show its revisions. */
export interface Revised {
  name: DocumentName
  /** The row of the document; undefined for a client that was deleted. */
  row:
    | { version: number; modifiedAt: number; data: Settings; secrets: Record<string, unknown> }
    | undefined
  /** Adds the defaults. */
  parse(settings: Settings): object
}

type Page = z.output<typeof RevisionsQuery>

/** The present version is always among them, even if nothing tells who made it. */
export async function listRevisions(
  { store }: ServiceContext,
  { name, row }: Revised,
  { before, limit }: Page,
): Promise<z.output<typeof RevisionsResponse>> {
  const rows = await store.revisions.list(name, { before, limit: limit + 1 })
  const isNewer = row && row.version > (rows[0]?.version ?? 0) && (before ?? Infinity) > row.version
  const present = isNewer
    ? [{ version: row.version, at: row.modifiedAt, origin: { secrets: [] } }]
    : []
  const found = [...present, ...rows]
  const page = found.slice(0, limit)
  const next = found.length > limit ? page.at(-1)?.version : undefined
  return { revisions: page.map(entryOf), ...(next === undefined ? {} : { next }) }
}

interface Stored {
  version: number
  at: number
  origin: RevisionOrigin
}

const entryOf = ({ version, at, origin }: Stored) => ({
  revision: version,
  at,
  operation: origin.operation,
  actor: origin.actorKind && {
    kind: origin.actorKind,
    id: origin.actorId,
    label: origin.actorLabel,
  },
  onBehalfOf: origin.onBehalfOf,
  reason: origin.reason,
  requestId: origin.requestId,
  restored: origin.restored,
  secrets: origin.secrets.length > 0 ? origin.secrets : undefined,
})

/** The settings of a revision, with their defaults. Refuses an unknown one. */
export async function settingsAt(
  { store }: ServiceContext,
  { name, row, parse }: Revised,
  version: number,
): Promise<{ entry: ReturnType<typeof entryOf>; settings: Settings }> {
  const { revisions } = store
  const isPresent = row?.version === version
  const known = await revisions.find(name, version)
  if (!known && !isPresent) refuseCaller(rules.unknown)
  const stored = isPresent ? undefined : await revisions.settings(name, version)
  const found = stored?.settings ?? row?.data
  if (!found) refuseCaller(rules.unknown)
  const secrets = stored?.settings ? {} : (row?.secrets ?? {})
  const whole = parse(settingsOf({ data: found, secrets }))
  const entry = known ?? { version, at: row?.modifiedAt ?? 0, origin: { secrets: [] } }
  return { entry: entryOf(entry), settings: settingsOf({ data: { ...whole }, secrets: {} }) }
}

export async function showRevision(
  context: ServiceContext,
  revised: Revised,
  version: number,
  other: number | undefined,
): Promise<z.output<typeof RevisionResponse>> {
  const { entry, settings } = await settingsAt(context, revised, version)
  if (other === undefined) return { ...entry, settings }
  const { settings: before } = await settingsAt(context, revised, other)
  const [from, to] = other < version ? [other, version] : [version, other]
  const secrets = await context.store.revisions.secretsBetween(revised.name, from, to)
  const replaced = secrets.map((path) => ({ path, after: '(secret, changed)' }))
  return { ...entry, changes: [...differences(before, settings), ...replaced] }
}

interface Difference {
  path: string
  before?: unknown
  after?: unknown
}

/** Objects are compared member by member, attributes by key, and lists as a whole. */
function differences(before: unknown, after: unknown, path = ''): Difference[] {
  if (isDeepStrictEqual(before, after)) return []
  if (!isObject(before) || !isObject(after)) return [{ path, before, after }]
  const [was, is] = path === '' ? [byKey(before), byKey(after)] : [before, after]
  const names = new Set([...Object.keys(is), ...Object.keys(was)])
  return [...names].flatMap((name) => {
    const at = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    return differences(own(was, name), own(is, name), at)
  })
}

const isObject = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const own = (of: Settings, name: string) => (Object.hasOwn(of, name) ? of[name] : undefined)

function byKey(settings: Settings): Settings {
  const { attributes } = settings
  if (!Array.isArray(attributes)) return settings
  const pairs = attributes as { key?: unknown; value?: unknown }[]
  const named = pairs.map(({ key, value }) => [String(key), value] as const)
  return { ...settings, attributes: Object.fromEntries(named) }
}

export const documentName = (
  serviceId: number,
  kind: DocumentKind,
  documentId: number,
): DocumentName => ({ serviceId, kind, documentId })
