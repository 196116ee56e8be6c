/**
 * Every feature of the five systems that users come from, shown by calls of a running server.
 * Short ids number the features of each former system: A of Authentiq Connect, B of Banno, H of Ory
 * Hydra, C of Authlete CIBA, and G of Glewlwyd. The run ends with one line for each of them.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authentiqClients } from './rows/authentiq-clients.ts'
import { authentiqRequests } from './rows/authentiq-requests.ts'
import { cibaFlow } from './rows/authlete-ciba-flow.ts'
import { cibaIssue } from './rows/authlete-ciba-issue.ts'
import { bannoPublished } from './rows/banno-published.ts'
import { bannoRequests } from './rows/banno-requests.ts'
import { bannoTokens } from './rows/banno-tokens.ts'
import { glewlwydSecrets, hydraSecrets } from './rows/client-secrets.ts'
import { glewlwydAdditions } from './rows/glewlwyd-additions.ts'
import { glewlwydAudit } from './rows/glewlwyd-audit.ts'
import { glewlwydClaims } from './rows/glewlwyd-claims.ts'
import { glewlwydClients } from './rows/glewlwyd-clients.ts'
import { glewlwydDurations } from './rows/glewlwyd-durations.ts'
import { glewlwydEncryption } from './rows/glewlwyd-encryption.ts'
import { glewlwydFlows } from './rows/glewlwyd-flows.ts'
import { glewlwydIntrospection } from './rows/glewlwyd-introspection.ts'
import { glewlwydInventory } from './rows/glewlwyd-inventory.ts'
import { glewlwydJose } from './rows/glewlwyd-jose.ts'
import { glewlwydKeys } from './rows/glewlwyd-keys.ts'
import { glewlwydOutbound } from './rows/glewlwyd-outbound.ts'
import { glewlwydService } from './rows/glewlwyd-service.ts'
import { glewlwydTokens } from './rows/glewlwyd-tokens.ts'
import { hydraClients } from './rows/ory-hydra-clients.ts'
import { hydraCredentials } from './rows/ory-hydra-credentials.ts'
import { hydraRegistration } from './rows/ory-hydra-registration.ts'
import { hydraSessions } from './rows/ory-hydra-sessions.ts'
import { type Row, startWorld, type World } from './rows/world.ts'

const inOrder = (...parts: (readonly Row[])[]): Row[] =>
  parts.flat().sort((one, other) => Number(one.row.slice(1)) - Number(other.row.slice(1)))

const systems = {
  'Authentiq Connect': inOrder(authentiqRequests, authentiqClients),
  Banno: inOrder(bannoPublished, bannoRequests, bannoTokens),
  'Ory Hydra': inOrder(
    ...[hydraRegistration, hydraClients, hydraSecrets, hydraSessions, hydraCredentials],
  ),
  'Authlete CIBA': inOrder(cibaIssue, cibaFlow),
  Glewlwyd: inOrder(
    ...[glewlwydService, glewlwydDurations, glewlwydClaims, glewlwydJose],
    ...[glewlwydClients, glewlwydFlows, glewlwydAdditions],
    ...[glewlwydEncryption, glewlwydIntrospection, glewlwydTokens, glewlwydKeys, glewlwydOutbound],
    ...[glewlwydSecrets, glewlwydInventory, glewlwydAudit],
  ),
}
const results = new Map<string, 'ok' | 'FAILED'>()

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(async () => {
  const lines = Object.entries(systems).flatMap(([system, rows]) => [
    ...rows.map(({ row, title }) => `${row} ${results.get(row) ?? 'not run'}  ${title}`),
    `${system}: ${rows.filter(({ row }) => results.get(row) === 'ok').length} of ${rows.length} ok`,
  ])
  process.stdout.write(`${lines.join('\n')}\n`)
  await world.close()
})

describe.each(Object.entries(systems))('%s', (_, rows) => {
  it.each(rows.map((each) => [`${each.row}: ${each.title}`, each] as const))(
    '%s',
    async (_title, { row, check }) => {
      results.set(row, 'FAILED')
      await check(world)
      results.set(row, 'ok')
    },
  )
})

it('has each feature once', () => {
  const numbered = { A: 26, B: 26, H: 32, C: 15, G: 80 }
  const all = Object.entries(numbered).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
  )
  const walked = Object.values(systems).flatMap((rows) => rows.map(({ row }) => row))
  expect(walked).toEqual(all)
})
