/**
 * Additional members of the response to saving a document: warnings, and the changes if the caller
 * requests them.
 */
import { z } from 'zod'
import type { Context } from '../context.ts'
import { Change, changesBetween } from '../model/changes.ts'
import { type Client, ClientDocument, clientSecrets } from '../model/client/client.ts'
import { type Service, ServiceDocument, serviceSecrets } from '../model/service/service.ts'
import { Warning } from '../model/warning.ts'
import { LintChanges } from '../oauth/lint/schemas.ts'
import { defineCallerRules, refuseCaller } from '../refusal.ts'

const rules = defineCallerRules('Saved document', {
  unknownAttribute: {
    code: 'P060101',
    status: 400,
    message: 'An attribute with the prefix ext. is unknown.',
  },
})

/** Additional members of the response after creating a document. */
export const CreatedMembers = z.object({
  warnings: Warning.array()
    .max(100)
    .optional()
    .describe('Settings that were accepted but cannot work; absent if there are none.'),
})

/** Additional members of the response after replacing a document. */
export const ReplacedMembers = CreatedMembers.extend({
  changes: Change.array()
    .optional()
    .describe('The changes by the update, with the request header `Prefer: return=changes`.'),
})

/** Additional members of the response after a patch, or a dry run of one. */
export const PatchedMembers = CreatedMembers.extend({
  changes: Change.array()
    .optional()
    .describe('The changes, with `dryRun` or the request header `Prefer: return=changes`.'),
  lints: LintChanges.optional().describe('With `dryRun`: what the change means for the lints.'),
})

const most = 100

/** The warnings of a response. With `Prefer: handling=strict`, unknown attributes are refused. */
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
    message: 'The property is unknown and has no effect: check its spelling.',
  }))
  const warnings = [...unknown, ...found].slice(0, most)
  return warnings.length > 0 ? { warnings } : {}
}

export const serviceChanges = (isShown: boolean, before: Service, after: Service) =>
  changesOf(
    isShown,
    ServiceDocument.shape,
    ServiceDocument.parse({}),
    serviceSecrets,
  )(before, after)

export const clientChanges = (isShown: boolean, before: Client, after: Client) =>
  changesOf(isShown, ClientDocument.shape, ClientDocument.parse({}), [...clientSecrets, 'jwks'])(
    before,
    after,
  )

const changesOf =
  (isShown: boolean, shape: object, defaults: object, secrets: readonly string[]) =>
  (before: object, after: object): { changes?: Change[] } => {
    if (!isShown) return {}
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
