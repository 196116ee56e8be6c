/** The lines that a start prints for the operator: addresses, files, and the next step. */
import type { Server } from 'node:http'
import type { Admin } from './admin-token.ts'
import { type Config, databaseLabel } from './config.ts'
import { urlOf } from './listener.ts'

export function notices(
  { url, consoleUrl }: { url: string; consoleUrl: string },
  config: Config,
  keyFile: string | undefined,
  admin: Admin,
  metricsServer: Server | undefined,
): string[] {
  const token = admin.file ? `$(cat ${admin.file})` : '$POSTERN_ADMIN_TOKEN'
  const given = config.adminToken && 'POSTERN_ADMIN_TOKEN'
  return [
    `Postern listens on ${url}`,
    `  database     ${databaseLabel(config.databaseUrl)}`,
    `  master key   ${keyFile ?? (config.masterKey ? 'POSTERN_MASTER_KEY' : 'in memory only')}`,
    `  admin token  ${admin.file ?? given ?? 'generated earlier'}`,
    `  reference    ${url}/docs`,
    ...(config.console ? [`  console      ${consoleUrl}/console/`] : []),
    ...(metricsServer ? [`  metrics      ${urlOf(metricsServer, config.host)}/metrics`] : []),
    'Next: create a service',
    `  curl -s ${url}/api/service/create -H "Authorization: Bearer ${token}" \\`,
    "    -H 'Content-Type: application/json' \\",
    `    -d '{"serviceName":"My service","issuer":"https://example.com"}'`,
  ]
}
