/**
 * What the answer to a saved document says besides the document: what will not work, and, for
 * callers that ask for it, what changed.
 */
import { z } from 'zod'
import type { Context } from '../context.ts'
import { Change, changesBetween } from '../model/changes.ts'
import { type Client, ClientDocument, clientSecrets } from '../model/client/client.ts'
import { type Service, ServiceDocument, serviceSecrets } from '../model/service/service.ts'
import { Warning } from '../model/warning.ts'
import { defineCallerRules, refuseCaller } from '../refusal.ts'

const rules = defineCallerRules('Saved document', {
  unknownAttribute: {
    code: 'P060101',
    status: 400,
    message: 'An attribute with the prefix ext. is unknown.',
  },
})

/** Members of the answer to a document that was created. */
export const CreatedMembers = z.object({
  warnings: Warning.array()
    .max(100)
    .optional()
    .describe('What was accepted and will not work; absent where nothing is wrong.'),
})

/** Members of the answer to a document that was replaced. */
export const ReplacedMembers = CreatedMembers.extend({
  changes: Change.array()
    .optional()
    .describe('What the update changed, with the request header `Prefer: return=changes`.'),
})

const most = 100

/** With `Prefer: handling=strict`, an attribute that nothing reads is refused. */
export function warningsOf(
  { preferences }: Context,
  ignored: readonly string[],
  found: Warning[],
): { warnings?: Warning[] } {
  const unread = found.find(({ code }) => code === 'unknown-attribute')
  if (unread && preferences.strict) refuseCaller(rules.unknownAttribute, unread.message)
  const unknown = ignored.map((property) => ({
    code: 'unknown-member' as const,
    property,
    message: 'No property has this name, so that it has no effect: compare its spelling.',
  }))
  const warnings = [...unknown, ...found].slice(0, most)
  return warnings.length > 0 ? { warnings } : {}
}

export const serviceChanges = (context: Context, before: Service, after: Service) =>
  changesOf(
    context,
    ServiceDocument.shape,
    ServiceDocument.parse({}),
    serviceSecrets,
  )(before, after)

export const clientChanges = (context: Context, before: Client, after: Client) =>
  changesOf(context, ClientDocument.shape, ClientDocument.parse({}), [...clientSecrets, 'jwks'])(
    before,
    after,
  )

const changesOf =
  ({ preferences }: Context, shape: object, defaults: object, secrets: readonly string[]) =>
  (before: object, after: object): { changes?: Change[] } => {
    if (!preferences.changes) return {}
    const names = Object.keys(shape)
    const changes = changesBetween(
      { ...before },
      { ...after },
      {
        names,
        defaults: { ...defaults },
        secrets,
      },
    )
    return { changes }
  }
