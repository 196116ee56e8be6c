/** Bodies of PATCH requests, RFC 5789: a JSON Merge Patch or a JSON Patch of a document. */
import { z } from 'zod'
import type { Preferences } from '../../context.ts'
import type { AuditType } from '../../model/audit/record.ts'
import { mergePatch } from '../../model/configuration/merge-patch.ts'
import { unknownMembers } from '../../model/configuration/unknown-members.ts'
import {
  applyPatch,
  JsonPatch,
  operationLimit,
  PatchFailure,
} from '../../oauth/service/json-patch.ts'
import { defineCallerRules, refuseCaller } from '../../refusal.ts'
import type { Incoming } from '../admit.ts'
import { asBody, type RawBody, readJson, refuseUnknown, validateDocument } from '../body.ts'
import { takeActingSubject } from './acting.ts'

export const mergePatchType = 'application/merge-patch+json'
export const jsonPatchType = 'application/json-patch+json'

const rules = defineCallerRules('Patch', {
  malformed: {
    code: 'P141002',
    status: 400,
    message:
      'The patch must be a JSON object (RFC 7396), or a list of at most 50 operations (RFC 6902 §4).',
  },
  mediaType: {
    code: 'P141003',
    status: 415,
    message: `The Content-Type of a patch must be ${mergePatchType} or ${jsonPatchType}.`,
    headers: { 'Accept-Patch': `${mergePatchType}, ${jsonPatchType}` },
  },
  unfitting: {
    code: 'P141004',
    status: 409,
    message:
      'The patch does not fit the present document: a path does not exist, or a test failed (RFC 6902 §5).',
  },
  result: {
    code: 'P141005',
    status: 422,
    message: 'The patch must leave a JSON object of at most 1 MB and 64 levels (RFC 5789 §2.2).',
  },
})

const MergePatch = z.record(z.string(), z.unknown())

export type Patch =
  | { type: 'merge'; patch: z.output<typeof MergePatch> }
  | { type: 'operations'; patch: z.output<typeof JsonPatch> }

/** Declares the body of an operation with the method `patch`. */
export const PatchBody = z.custom<Patch>()

export const patchContent = {
  [mergePatchType]: {
    schema: MergePatch.meta({
      id: 'merge_patch',
      description:
        'A JSON Merge Patch (RFC 7396): members that change; null resets one to its default, and ' +
        'lists are replaced as a whole.',
    }),
  },
  [jsonPatchType]: {
    schema: JsonPatch.meta({
      id: 'json_patch',
      description: `A JSON Patch (RFC 6902) of at most ${operationLimit} operations.`,
    }),
  },
}

/** The body of a request, and for whom the caller acts if the operation is audited. */
export async function readPatched(
  { audits }: { audits?: AuditType },
  incoming: Incoming,
  limit: number,
) {
  const body = readPatch(await incoming.body(limit))
  if (audits) incoming.actingSubject = takeActingSubject(body.patch)
  return { body, ignored: [] }
}

/** The patch in a body, by its media type. */
function readPatch(raw: RawBody): Patch {
  const mediaType = raw.contentType?.split(';', 1)[0]?.trim().toLowerCase()
  if (mediaType === mergePatchType) {
    const parsed = MergePatch.safeParse(readJson(raw))
    return parsed.success ? { type: 'merge', patch: parsed.data } : refuseCaller(rules.malformed)
  }
  if (mediaType !== jsonPatchType) return refuseCaller(rules.mediaType)
  const given = readJson(raw)
  // Checked before the operations are parsed: there may be tens of thousands.
  const isShort = Array.isArray(given) && given.length <= operationLimit
  const parsed = isShort ? JsonPatch.safeParse(given) : undefined
  return parsed?.success
    ? { type: 'operations', patch: parsed.data }
    : refuseCaller(rules.malformed)
}

const sizeLimit = 1_024 * 1_024

/**
 * The document as the patch leaves it, checked like a body, and the paths of its unknown members.
 * `alsoKnown` lists read-only members, which have no effect.
 */
export function patchedDocument<S extends z.ZodType>(
  schema: S,
  current: object,
  patch: Patch,
  {
    preferences,
    alsoKnown,
  }: { preferences: Preferences; alsoKnown?: ReadonlySet<string> | undefined },
): { document: z.output<S>; ignored: string[] } {
  const decoded = asBody(resultOf(schema.parse(current), patch))
  const ignored = unknownMembers(schema, decoded, alsoKnown)
  if (preferences.strict && ignored.length > 0) refuseUnknown(ignored)
  return { document: validateDocument(schema, decoded), ignored }
}

function resultOf(document: unknown, { type, patch }: Patch): object {
  if (type === 'merge') return mergePatch(document, patch) as object
  try {
    const result = applyPatch(document, patch, sizeLimit)
    const isObject = typeof result === 'object' && result !== null && !Array.isArray(result)
    return isObject ? result : refuseCaller(rules.result)
  } catch (error) {
    if (!(error instanceof PatchFailure)) throw error
    return refuseCaller(error.reason === 'tooLarge' ? rules.result : rules.unfitting)
  }
}
