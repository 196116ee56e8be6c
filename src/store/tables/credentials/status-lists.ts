/** Status lists of a service, Token Status List: how full each is, and its version. */
import type { Engine } from '../../engine.ts'
import { serviceExists } from '../../parent.ts'
import { insertion, rowsByKey } from '../../rows.ts'

export const statusLists = (engine: Engine) => {
  const t = engine.tables.statusLists
  const { find } = rowsByKey(engine, t, 'list')
  return {
    find,
    insert: insertion(engine, t, {
      ifExists: ({ serviceId }) => serviceExists(engine, serviceId),
    }),
  }
}
