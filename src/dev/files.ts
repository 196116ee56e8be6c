/** Files of services that `postern dev` applies when it starts. */
import { applyFile, type MadeSecret } from '../remote/configuration/apply.ts'
import { filesIn } from '../remote/configuration/many.ts'
import { finderFor, planFile } from '../remote/configuration/plan.ts'
import type { Environment } from '../remote/configuration/references.ts'
import { askedBy } from '../remote/configuration/requests.ts'

export interface SeedFiles {
  files: readonly string[]
  environment: Environment
}

/** Returns what to print: the services, and the secrets that were made. */
export async function applySeeds(
  connection: { url: string; token: string },
  { files, environment }: SeedFiles,
): Promise<string[]> {
  const paths = filesIn(files)
  const find = await finderFor(connection, paths.length, undefined)
  const lines: string[] = []
  for (const path of paths) {
    const planned = await planFile(connection, askedBy(path, environment), find)
    const secrets: MadeSecret[] = []
    const keepSecret = (secret: MadeSecret) => secrets.push(secret)
    const { serviceId } = await applyFile(connection, planned, { allowDelete: true, keepSecret })
    lines.push(`${path}: the service ${planned.asked.key} is ${serviceId}`)
    for (const { client, clientId, clientSecret } of secrets) {
      lines.push(`  the client ${client} is ${clientId}, with the secret ${clientSecret}`)
    }
  }
  return lines
}
