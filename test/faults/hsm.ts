/** Modules with keys that are killed, that hang, that lose their PIN, and that sign wrongly. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createLocalJWKSet, jwtVerify } from 'jose'
import type { Json } from '../support/server.ts'
import { createSoftHsm, hasSoftHsm, type SoftHsm } from '../support/softhsm.ts'
import {
  authorizationParameters,
  type Caller,
  createCaller,
  form,
  redirectUri,
  verifier,
} from './caller.ts'
import { type Depth, type Finding, percentile, progress, seeded } from './findings.ts'
import { type ServerProcess, serverProcess } from './server-process.ts'

/** Times that a fault is caused, and users that sign in at the same time. */
const timesOf: Record<Depth, number> = { short: 1, usual: 5, long: 20 }
const secondsOf: Record<Depth, number> = { short: 2, usual: 20, long: 60 }
const users = 8
/** A call to a module ends after two seconds. Tests run on busy machines. */
const refusedWithin: Record<Depth, number> = { short: 10_000, usual: 3_000, long: 3_000 }
/** The breaker is open for ten seconds at most, and then one call tries. */
const backWithin: Record<Depth, number> = { short: 30_000, usual: 15_000, long: 15_000 }
/** After this time a code counts as lost. */
const patienceMilliseconds = 60_000

/** A module that signs other data while a file is there: as a provider that is out of order. */
const lyingModule = (memory: string, file: string) => `
import { existsSync } from 'node:fs'
import { createMemoryProvider } from ${JSON.stringify(memory)}
export function createKeyProvider({ name }) {
  const provider = createMemoryProvider(name)
  const lies = () => existsSync(${JSON.stringify(file)})
  return {
    ...provider,
    sign: (reference, alg, data) =>
      provider.sign(reference, alg, lies() ? Buffer.from('other data') : data),
  }
}
`

interface World {
  server: ServerProcess
  caller: Caller
  hsm: SoftHsm
  /** The key set of the service. */
  keys: Json[]
}

interface Signed {
  /** Milliseconds of calls that signed, and of calls that were refused. */
  signed: number[]
  refused: number[]
  /** Codes that gave no tokens in the end, and tokens that the key set does not verify. */
  lost: number
  wrong: number
  /** Answers that are neither tokens nor the refusal of the key. */
  unclear: number
}

/** Signs in again and again, each code until it gives tokens. */
async function signIn({ caller, keys }: World, isOver: () => boolean): Promise<Signed> {
  const found: Signed = { signed: [], refused: [], lost: 0, wrong: 0, unclear: 0 }
  const { api, client } = caller
  const set = createLocalJWKSet({ keys })
  async function one() {
    const asked = await api('/auth/authorization', { parameters: authorizationParameters(client) })
    const ticket = asked?.body.ticket
    const issued = await api('/auth/authorization/issue', { ticket, subject: 'alice' })
    const code = issued?.body.authorizationCode
    const parameters = form({
      ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri },
      code_verifier: verifier,
    })
    const secret = { clientId: String(client.clientId), clientSecret: client.clientSecret }
    const until = performance.now() + patienceMilliseconds
    while (performance.now() < until) {
      const answer = await api('/auth/token', { parameters, ...secret })
      const { action, resultCode = '', idToken } = answer?.body ?? {}
      if (action === 'OK') {
        found.signed.push(answer?.milliseconds ?? 0)
        const isRight = await jwtVerify(idToken, set).then(
          () => true,
          () => false,
        )
        if (!isRight) found.wrong += 1
        return
      }
      // 503 of an overloaded machine has no body.
      if (answer === undefined || /^P11000[12]$/.test(resultCode)) {
        if (answer) found.refused.push(answer.milliseconds)
      } else found.unclear += 1
      await wait(100)
    }
    found.lost += 1
  }
  const work = async () => {
    while (!isOver()) await one()
  }
  await Promise.all(Array.from({ length: users }, work))
  return found
}

/** The processes of modules below the server. */
function moduleProcesses({ server }: World): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      try {
        const [, parent] =
          /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8')) ?? []
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8')
        return { pid: Number(name), parent: Number(parent), command }
      } catch {
        return { pid: 0, parent: 0, command: '' }
      }
    })
  return parents
    .filter(({ parent, command }) => parent === server.pid() && command.includes('pkcs11/process'))
    .map(({ pid }) => pid)
}

const signalModules = (world: World, signal: 'SIGKILL' | 'SIGSTOP') => {
  for (const pid of moduleProcesses(world)) process.kill(pid, signal)
}

async function withWorld<T>(work: (world: World) => Promise<T>, hsmName = 'soft'): Promise<T> {
  const hsm = createSoftHsm()
  const folder = join(hsm.pinFile, '..')
  const configuration = join(folder, 'hsm.json')
  const { module, tokenLabel, pinFile } = hsm
  const memory = new URL('../../dist/system/providers/memory-provider.js', import.meta.url).href
  writeFileSync(join(folder, 'lying.mjs'), lyingModule(memory, join(folder, 'lies')))
  writeFileSync(
    configuration,
    JSON.stringify([
      { name: 'soft', kind: 'pkcs11', module, tokenLabel, pinFile },
      { name: 'lying', kind: 'module', module: './lying.mjs' },
    ]),
  )
  const server = serverProcess(`file:${join(folder, 'postern.db')}`, {
    POSTERN_HSM_CONFIG: configuration,
    SOFTHSM2_CONF: process.env['SOFTHSM2_CONF'] ?? '',
  })
  try {
    await server.start()
    const caller = await createCaller(server.url)
    const settings = await caller.api('/service/get', undefined, 'GET')
    await caller.api('/service/update', { ...settings?.body, hsmEnabled: true, jwks: undefined })
    const made = await caller.api('/hsk/create', { kty: 'EC', use: 'sig', alg: 'ES256', hsmName })
    if (made?.body.action !== 'SUCCESS') throw new Error(`no key: ${JSON.stringify(made)}`)
    const path = `/client/update/${caller.client.clientId}`
    await caller.api(path, { ...caller.client, idTokenSignAlg: 'ES256' })
    const published = await caller.api('/service/jwks/get', undefined, 'GET')
    return await work({ server, caller, hsm, keys: published?.body.keys })
  } finally {
    await server.kill()
    hsm.remove()
  }
}

interface Fault {
  what: string
  hsmName?: string
  /** Causes the fault while users sign in. */
  cause(world: World): Promise<void> | void
  /** What the operator does; a module that was killed or that hangs needs nothing. */
  repair?(world: World): Promise<void> | void
}

const lies = ({ hsm }: World) => join(hsm.pinFile, '..', 'lies')

const faults: Fault[] = [
  {
    what: 'the process of a module is killed',
    cause: (world) => signalModules(world, 'SIGKILL'),
  },
  {
    what: 'the process of a module hangs',
    cause: (world) => signalModules(world, 'SIGSTOP'),
  },
  {
    what: 'the PIN of the token is changed and its process is killed',
    cause(world) {
      world.hsm.changePin('731946')
      signalModules(world, 'SIGKILL')
    },
    repair: ({ hsm }) => hsm.writePin('731946'),
  },
  {
    what: 'a module signs other data',
    hsmName: 'lying',
    cause: (world) => writeFileSync(lies(world), ''),
    repair: (world) => rmSync(lies(world), { force: true }),
  },
]

async function endure(fault: Fault, depth: Depth, seed: number): Promise<Finding> {
  const random = seeded(seed)
  // The PIN of a token is changed once.
  const times = fault.what.includes('PIN') ? 1 : timesOf[depth]
  let slowestReturn = 0
  const found = await withWorld(async (world) => {
    const { caller } = world
    let isOver = false
    const running = signIn(world, () => isOver)
    for (let time = 0; time < times; time++) {
      await wait(500 + random() * 1_000)
      await fault.cause(world)
      await wait(1_500)
      await fault.repair?.(world)
      slowestReturn = Math.max(slowestReturn, await untilSigned(caller))
      progress(`hsm: ${fault.what}, ${time + 1} of ${times}`)
    }
    isOver = true
    return running
  }, fault.hsmName)
  const slowestRefusal = Math.max(0, ...found.refused)
  return {
    what: `${fault.what}, ${times} times (seed ${seed})`,
    target:
      `refused within ${refusedWithin[depth]} ms; no wrong signature, no lost code; ` +
      `back within ${backWithin[depth]} ms without a restart`,
    figure:
      `${found.signed.length} codes gave tokens, ${found.lost} lost, ${found.wrong} wrong, ` +
      `${found.unclear} unclear; ${found.refused.length} refusals, slowest ` +
      `${Math.round(slowestRefusal)} ms; back after ${Math.round(slowestReturn)} ms at most`,
    pass:
      found.signed.length > 0 &&
      found.lost + found.wrong + found.unclear === 0 &&
      found.refused.length > 0 &&
      slowestRefusal < refusedWithin[depth] &&
      slowestReturn < backWithin[depth],
  }
}

/** How long it takes until an ID Token is signed again. */
async function untilSigned({ api, client }: Caller): Promise<number> {
  const started = performance.now()
  while (performance.now() - started < patienceMilliseconds) {
    const parameters = form({
      ...{ response_type: 'id_token', client_id: String(client.clientId), scope: 'openid' },
      ...{ redirect_uri: redirectUri, nonce: 'n' },
    })
    const asked = await api('/auth/authorization', { parameters })
    const { ticket } = asked?.body ?? {}
    const issued = await api('/auth/authorization/issue', { ticket, subject: 'bob' })
    if (issued?.body.idToken) return performance.now() - started
    await wait(100)
  }
  return Number.POSITIVE_INFINITY
}

/** Every signature of a busy module is verified, and how many there are in a second. */
async function busy(depth: Depth): Promise<Finding> {
  const seconds = secondsOf[depth]
  const found = await withWorld(async (world) => {
    let isOver = false
    const running = signIn(world, () => isOver)
    await wait(seconds * 1_000)
    isOver = true
    return running
  })
  const { signed, lost, wrong, unclear, refused } = found
  const perSecond = Math.round(signed.length / seconds)
  return {
    what: `${users} users sign in for ${seconds} s with a key in SoftHSM`,
    target: 'every signature is right, and none is refused',
    figure:
      `${signed.length} signatures, ${perSecond} a second, p99 of the token request ` +
      `${Math.round(percentile(signed, 0.99))} ms; ${wrong} wrong, ${refused.length} refused`,
    pass: signed.length > 0 && lost + wrong + unclear + refused.length === 0,
  }
}

export async function* hsm(depth: Depth, seed: number): AsyncGenerator<Finding> {
  if (!hasSoftHsm) throw new Error('There is no SoftHSM: install softhsm2.')
  for (const fault of faults) yield await endure(fault, depth, seed)
  yield await busy(depth)
}
