/** Glewlwyd: an instance of its OpenID Connect plugin, and its clients. */
import { RemoteError } from '../../remote/failure.ts'
import { acceptedClients } from '../client.ts'
import { type Input, objectsIn } from '../input.ts'
import { keyFrom, keyMaker, type MigratedClient, type Migration, type Order } from '../migration.ts'
import { createReport, propertiesOf } from '../report.ts'
import { acceptedService, serviceFor } from '../service.ts'
import { glewlwydClient } from './glewlwyd-client.ts'
import { pluginService } from './glewlwyd-plugin.ts'

export async function migrateGlewlwyd(inputs: readonly Input[], order: Order): Promise<Migration> {
  const report = createReport()
  const objects = inputs.flatMap(objectsIn)
  const plugins = objects.filter((one) => 'parameters' in one && !('client_id' in one))
  const [plugin] = plugins
  if (!plugin || plugins.length > 1 || plugin['module'] !== 'oidc') {
    throw new RemoteError('usage', 'Name the file of one instance of the plugin oidc.')
  }
  const keyOf = keyMaker()
  const listed = objects.filter((one) => one !== plugin)
  const clients = listed.map((client, at): MigratedClient => {
    const key = keyOf(String(client['client_id'] ?? ''), `client-${at + 1}`)
    return { key, ...glewlwydClient(propertiesOf(report, `client ${key}`, client)) }
  })
  const { settings, jwks } = pluginService(report, plugin)
  const drafted = serviceFor(order, clients, settings, report)
  const { service, secrets } = await acceptedService(drafted, jwks ? { jwks } : {}, report)
  report.add({
    of: 'tokens',
    property: 'gpo_refresh_token',
    outcome: 'decide',
    note:
      'Tokens are not in the export, and the database has hashes by the algorithm of the server ' +
      '(SHA-512 by default), not SHA-256: users log in again.',
  })
  return {
    source: 'Glewlwyd',
    key: order.key ?? keyFrom(String(plugin['name'] ?? '')) ?? 'oidc',
    service,
    secrets,
    clients: await acceptedClients(clients, service, report),
    tokens: [],
    grantedScopes: [],
    report,
  }
}
