/**
 * Earlier settings of services and clients. A change stores the settings that it replaces, so that
 * the present ones are stored once, and a document that never changes has no copy.
 */
import { and, asc, desc, eq, gt, gte, isNotNull, isNull, lt, lte, sql } from 'drizzle-orm'
import type { DocumentKind, RevisionOrigin } from '../../../model/audit/revision.ts'
import type { Engine, Write } from '../../engine.ts'
import { deletionOfRevisions } from '../../parent.ts'

/** Names the document of a service or client. */
export interface DocumentName {
  serviceId: number
  kind: DocumentKind
  documentId: number
}

export interface NewRevision {
  version: number
  at: number
  origin: RevisionOrigin
}

interface Change {
  /** The settings before the change, and their version. */
  former: { version: number; at: number; settings: Record<string, unknown> }
  made: NewRevision
  /** How long a revision is kept at least, once there are enough newer ones. */
  keptMilliseconds: number
}

/** So many of the newest revisions of a document stay, however old they are. */
export const newestKept = 50

export const revisions = (engine: Engine) => {
  const { build, read, tables } = engine
  const t = tables.revisions
  const returned = { serviceId: t.serviceId }
  const key = [t.serviceId, t.kind, t.documentId, t.version]
  const ofClient = deletionOfRevisions(engine)
  /** Revisions before the newest ones may go, the sooner the older they are. */
  function retire(name: DocumentName, keptMilliseconds: number): Write {
    const firstKept = read
      .select({ version: t.version })
      .from(t)
      .where(isOf(tables, name))
      .orderBy(desc(t.version))
      .limit(1)
      .offset(newestKept - 1)
    return build
      .update(t)
      .set({ keptUntil: sql`${t.at} + ${keptMilliseconds}` })
      .where(and(isOf(tables, name), isNull(t.keptUntil), lt(t.version, sql`(${firstKept})`)))
      .returning(returned)
      .toSQL()
  }

  return {
    /** Of a new document. */
    begin: (name: DocumentName, made: NewRevision): Write =>
      build
        .insert(t)
        .values({ ...name, ...made, settings: null })
        .returning(returned)
        .toSQL(),
    /** Goes after the guarded write of the document, which lets one change at a time pass. */
    change(name: DocumentName, { former, made, keptMilliseconds }: Change): Write[] {
      const rows = [
        { ...name, ...former, origin: { secrets: [] } },
        { ...name, ...made, settings: null },
      ]
      const stored = build
        .insert(t)
        .values(rows)
        .onConflictDoUpdate({ target: key, set: { settings: sql`excluded.settings` } })
        .returning(returned)
        .toSQL()
      return [stored, retire(name, keptMilliseconds)]
    },
    /** Goes before the deletion of a client: its last settings, and how long all of them stay. */
    endOfClient(serviceId: number, clientId: number, keptUntil: number): Write[] {
      const name = { serviceId, kind: 'client', documentId: clientId } as const
      const { clients: c } = tables
      const isClient = and(eq(c.serviceId, serviceId), eq(c.clientId, clientId))
      const origin = sql.param({ secrets: [] }, t.origin)
      const last = sql`select ${c.serviceId}, 'client', ${c.clientId}, ${c.version},
        ${c.modifiedAt}, cast(null as bigint), ${origin}, ${c.data} from ${c} where ${isClient}`
      return [
        // Changes lock the client first, and so does its deletion.
        build.update(c).set({ clientId }).where(isClient).returning(returned).toSQL(),
        build
          .insert(t)
          .select(last)
          .onConflictDoUpdate({ target: key, set: { settings: sql`excluded.settings` } })
          .returning(returned)
          .toSQL(),
        build.update(t).set({ keptUntil }).where(isOf(tables, name)).returning(returned).toSQL(),
      ]
    },
    /** Of a client that goes without leaving its settings. */
    deleteOfClient: (serviceId: number, clientId: number): Write =>
      ofClient({ serviceId, clientId }),
    ...finders(engine),
  }
}

const isOf = ({ revisions: t }: Engine['tables'], name: DocumentName) =>
  and(eq(t.serviceId, name.serviceId), eq(t.kind, name.kind), eq(t.documentId, name.documentId))

function finders({ read, tables }: Engine) {
  const t = tables.revisions
  return {
    /** The newest first, from before a version on; without their settings. */
    list(name: DocumentName, { before, limit }: { before?: number | undefined; limit: number }) {
      const { version, at, origin } = t
      return read
        .select({ version, at, origin })
        .from(t)
        .where(and(isOf(tables, name), before === undefined ? undefined : lt(t.version, before)))
        .orderBy(desc(t.version))
        .limit(limit)
    },
    async find(name: DocumentName, version: number) {
      const [row] = await read
        .select()
        .from(t)
        .where(and(isOf(tables, name), eq(t.version, version)))
      return row
    },
    /** The settings of a version: they are stored with the first revision that has any. */
    async settings(name: DocumentName, version: number) {
      const [row] = await read
        .select({ version: t.version, settings: t.settings })
        .from(t)
        .where(and(isOf(tables, name), gte(t.version, version), isNotNull(t.settings)))
        .orderBy(asc(t.version))
        .limit(1)
      return row
    },
    /** Paths of the secrets that changed after one version and up to another. */
    async secretsBetween(name: DocumentName, after: number, upTo: number): Promise<string[]> {
      const rows = await read
        .select({ origin: t.origin })
        .from(t)
        .where(and(isOf(tables, name), gt(t.version, after), lte(t.version, upTo)))
      return [...new Set(rows.flatMap(({ origin }) => origin.secrets))]
    },
  }
}
