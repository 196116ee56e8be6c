/**
 * Ory Hydra on the same PostgreSQL: `POSTERN_BENCH_HYDRA` names its program. It has a database of
 * its own, and a client that is made through its admin API.
 */
import { execFileSync, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { form } from '../support/flows.ts'
import { withDatabase } from '../support/postgres.ts'
import { Connection } from './connection.ts'
import { type Cycle, expectGood, type Sender } from './load.ts'
import { type Server, serverOf } from './servers.ts'

export interface HydraClient {
  /** Where Hydra has its admin API, with introspection. */
  admin: string
  id: string
  secret: string
}

export const hydraProgram = () => process.env['POSTERN_BENCH_HYDRA']

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  return typeof address === 'object' && address ? address.port : 0
}

export async function launchHydra(
  program: string,
  postgresUrl: string,
): Promise<{ server: Server; client: HydraClient }> {
  const database = 'hydra_bench'
  const owner = new pg.Client({ connectionString: postgresUrl })
  await owner.connect()
  await owner.query(`drop database if exists ${database} with (force)`)
  await owner.query(`create database ${database}`)
  await owner.end()
  const [publicPort, adminPort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${publicPort}`
  const env = {
    ...process.env,
    DSN: `${withDatabase(postgresUrl, database)}?sslmode=disable&max_conns=20`,
    SECRETS_SYSTEM: 'a secret of the system that is long enough',
    URLS_SELF_ISSUER: url,
    SERVE_PUBLIC_HOST: '127.0.0.1',
    SERVE_PUBLIC_PORT: String(publicPort),
    SERVE_ADMIN_HOST: '127.0.0.1',
    SERVE_ADMIN_PORT: String(adminPort),
    STRATEGIES_ACCESS_TOKEN: 'opaque',
    LOG_LEVEL: 'warn',
  }
  execFileSync(program, ['migrate', 'sql', 'up', '-e', '--yes'], { env, stdio: 'pipe' })
  const started = performance.now()
  const flags = ['serve', 'all', '--dev', '--sqa-opt-out']
  const child = spawn(program, flags, { env, stdio: 'ignore' })
  const admin = `http://127.0.0.1:${adminPort}`
  const client = await createClient(admin, child)
  return { server: serverOf(child, url, performance.now() - started), client }
}

/** As soon as the admin API answers, or an error if the process has ended. */
async function createClient(
  admin: string,
  child: { exitCode: number | null },
): Promise<HydraClient> {
  const secret = 'a-secret-of-the-client-that-is-long-enough'
  const body = JSON.stringify({
    client_secret: secret,
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_post',
    scope: 'read',
  })
  const headers = { 'Content-Type': 'application/json' }
  for (;;) {
    if (child.exitCode !== null) throw new Error(`Hydra ended with ${child.exitCode}.`)
    const made = await fetch(`${admin}/admin/clients`, { method: 'POST', headers, body }).catch(
      () => undefined,
    )
    if (made?.ok) {
      const { client_id: id } = (await made.json()) as { client_id: string }
      return { admin, id, secret }
    }
    await wait(50)
  }
}

const formField = 'Content-Type: application/x-www-form-urlencoded\r\n'

async function post({ connection }: Pick<Sender, 'connection'>, path: string, body: string) {
  const answer = await connection.send('POST', path, formField, body)
  return JSON.parse(expectGood(answer.status, path, answer.body)) as Record<string, unknown>
}

export const hydraToken = ({ id, secret }: HydraClient) => {
  const credentials = { client_id: id, client_secret: secret }
  const body = form({ grant_type: 'client_credentials', scope: 'read', ...credentials })
  return (sender: Pick<Sender, 'connection'>) => post(sender, '/oauth2/token', body)
}

/** Every sender has a second connection, to the admin API. */
export function hydraIntrospection(client: HydraClient): Cycle {
  const admins = new Map<Sender, Connection>()
  const issue = hydraToken(client)
  let token: Promise<unknown> | undefined
  return async (sender) => {
    token ??= issue(sender).then((issued) => issued['access_token'])
    const body = form({ token: String(await token) })
    const connection = admins.get(sender) ?? new Connection(client.admin)
    admins.set(sender, connection)
    const { active } = await post({ connection }, '/admin/oauth2/introspect', body)
    if (active !== true) throw new Error('Hydra does not know its own token.')
  }
}
