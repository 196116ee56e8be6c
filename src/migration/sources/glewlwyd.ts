/** Glewlwyd: an instance of its OpenID Connect plugin, and its clients. */
import { RemoteError } from '../../remote/failure.ts'
import { acceptedTokens } from '../accepted-tokens.ts'
import { acceptedClients } from '../client.ts'
import { withFormats } from '../former-tokens.ts'
import { type Input, objectsIn } from '../input.ts'
import { keyFrom, keyMaker, type MigratedClient, type Migration, type Order } from '../migration.ts'
import { createReport, propertiesOf, type Report } from '../report.ts'
import { rowOf } from '../rows.ts'
import { acceptedService, serviceFor } from '../service.ts'
import { glewlwydClient } from './glewlwyd-client.ts'
import { pluginService } from './glewlwyd-plugin.ts'
import { glewlwydTokens, isTokenRow } from './glewlwyd-tokens.ts'

export async function migrateGlewlwyd(inputs: readonly Input[], order: Order): Promise<Migration> {
  const report = createReport()
  const objects = inputs.flatMap(objectsIn)
  const plugins = objects.filter((one) => 'parameters' in one && !('client_id' in one))
  const [plugin] = plugins
  if (!plugin || plugins.length > 1 || plugin['module'] !== 'oidc') {
    throw new RemoteError('usage', 'Name the file of one instance of the plugin oidc.')
  }
  const keyOf = keyMaker()
  const rows = objects.map(rowOf).filter(isTokenRow)
  const listed = objects.filter((one) => one !== plugin && !isTokenRow(rowOf(one)))
  const clients = listed.map((client, at): MigratedClient => {
    const key = keyOf(String(client['client_id'] ?? ''), `client-${at + 1}`)
    return { key, ...glewlwydClient(propertiesOf(report, `client ${key}`, client)) }
  })
  const { settings, jwks } = pluginService(report, plugin)
  const tokens = glewlwydTokens(report, rows, String(plugin['name'] ?? ''))
  const drafted = withFormats(serviceFor(order, clients, settings, report), tokens)
  const { service, secrets } = await acceptedService(drafted, jwks ? { jwks } : {}, report)
  if (rows.length === 0) reportTokens(report)
  const accepted = await acceptedClients(clients, service, report)
  return {
    source: 'Glewlwyd',
    key: order.key ?? keyFrom(String(plugin['name'] ?? '')) ?? 'oidc',
    service,
    secrets,
    clients: accepted,
    tokens: acceptedTokens(tokens, accepted, service, report),
    grantedScopes: [],
    report,
  }
}

function reportTokens(report: Report): void {
  report.add({
    of: 'tokens',
    property: 'gpo_refresh_token',
    outcome: 'decide',
    note:
      'Tokens are not in the export. Name the rows of gpo_refresh_token and ' +
      'gpo_refresh_token_scope as well, as JSON; without them, users log in again.',
  })
}
