/** Issued credentials: their identifiers and status, none of their claims. */
import type { Engine } from '../../engine.ts'
import { serviceExists } from '../../parent.ts'
import { insertion, rowsByKey } from '../../rows.ts'

export const issuedCredentials = (engine: Engine) => {
  const t = engine.tables.issuedCredentials
  const { find } = rowsByKey(engine, t, 'credentialId')
  return {
    find,
    insert: insertion(engine, t, {
      ifExists: ({ serviceId }) => serviceExists(engine, serviceId),
    }),
  }
}
