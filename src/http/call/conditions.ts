/** Conditions of a call: the header fields If-Match and If-None-Match, RFC 9110 §13.1. */
import { z } from 'zod'

/** Longer fields name no document of ours. */
const longest = 2_000

const entityTag = /(W\/)?"([\x21\x23-\x7e]*)"/g

const tagsIn = (field: string) =>
  [...field.slice(0, longest).matchAll(entityTag)].map(([, weak, opaque = '']) => ({
    isStrong: weak === undefined,
    opaque,
  }))

/** A whole document; what a caller with fewer rights read is no document to save. */
const versionOfWhole = /^([1-9]\d{0,14})(?:\.[\w-]{1,40})?$/

/**
 * The versions that a change may be made from. Undefined without a condition, and for `*`, which is
 * true of every document that there is.
 */
export function versionsIn(ifMatch: string | undefined): readonly number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined
  return tagsIn(ifMatch).flatMap(({ isStrong, opaque }) => {
    const version = isStrong ? versionOfWhole.exec(opaque)?.[1] : undefined
    return version === undefined ? [] : [Number(version)]
  })
}

/** RFC 9110 §13.1.2: the comparison is weak. */
export function isListed(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false
  return (
    ifNoneMatch.trim() === '*' || tagsIn(ifNoneMatch).some(({ opaque }) => `"${opaque}"` === tag)
  )
}

/** The listed tags, without quotes. */
export const listedTags = (ifNoneMatch: string | undefined): string[] =>
  tagsIn(ifNoneMatch ?? '').map(({ opaque }) => opaque)

/** The fields in the OpenAPI document. */
export const conditionFields = {
  'If-Match': z
    .string()
    .optional()
    .describe('The `ETag` of the document that the change is made from; another one is refused.'),
  'If-None-Match': z
    .string()
    .optional()
    .describe(
      'The `ETag` of a document that the caller has: the response is 304 if it still holds.',
    ),
}
export type Condition = keyof typeof conditionFields
