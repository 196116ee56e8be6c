/** How a request identified its client. Responses and `aud` use the same identifier. */
import { z } from 'zod'

/** By number, alias, URL of the metadata document (CIMD §3), or entity identifier (federation). */
export const NamedBy = z.enum(['id', 'alias', 'metadata-document', 'entity-id'])
export type NamedBy = z.output<typeof NamedBy>

/** The value for the three flags of the API, of which at most one is set. */
export const namedByOf = (flags: {
  clientIdAliasUsed?: unknown
  metadataDocumentUsed?: unknown
  clientEntityIdUsed?: unknown
}): NamedBy | undefined => {
  if (flags.clientEntityIdUsed === true) return 'entity-id'
  if (flags.metadataDocumentUsed === true) return 'metadata-document'
  return flags.clientIdAliasUsed === true ? 'alias' : undefined
}

/** Rows of earlier versions have the flags instead of the value. */
export const readingFlags = <S extends z.ZodType>(schema: S) =>
  z.preprocess((stored) => {
    if (typeof stored !== 'object' || stored === null || 'namedBy' in stored) return stored
    const namedBy = namedByOf(stored)
    return namedBy ? { ...stored, namedBy } : stored
  }, schema)
