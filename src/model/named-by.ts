/** How a request named its client, so that answers and `aud` name it likewise. */
import { z } from 'zod'

/**
 * By its number, its alias, the URL of its metadata document (CIMD §3), or
 * its entity identifier (OpenID Federation).
 */
export const NamedBy = z.enum(['id', 'alias', 'metadata-document', 'entity-id'])
export type NamedBy = z.output<typeof NamedBy>

/** What the API says of it: three flags, of which at most one is set. */
export const namedByOf = (flags: {
  clientIdAliasUsed?: unknown
  metadataDocumentUsed?: unknown
  clientEntityIdUsed?: unknown
}): NamedBy | undefined => {
  if (flags.clientEntityIdUsed === true) return 'entity-id'
  if (flags.metadataDocumentUsed === true) return 'metadata-document'
  return flags.clientIdAliasUsed === true ? 'alias' : undefined
}

/** Rows of former versions have the flags in place of the one value. */
export const readingFlags = <S extends z.ZodType>(schema: S) =>
  z.preprocess((stored) => {
    if (typeof stored !== 'object' || stored === null || 'namedBy' in stored) return stored
    const namedBy = namedByOf(stored)
    return namedBy ? { ...stored, namedBy } : stored
  }, schema)
