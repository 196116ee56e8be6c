/** A module whose process is killed while it signs, and requests that are sent until they succeed. */
import { expect } from 'vitest'
import type { KeyProvider } from '../../src/system/key-provider.ts'
import { createPkcs11Provider, type Pkcs11Provider } from '../../src/system/pkcs11/provider.ts'
import { guardProvider } from '../../src/system/providers/guarded-provider.ts'
import type { Json } from './server.ts'
import { createSoftHsm } from './softhsm.ts'

export interface Answer {
  status: number
  body: Json
}

export interface KilledModule {
  /** The module, of the name `soft`. */
  keyProviders: Map<string, KeyProvider>
  /** The next signature is asked of a process that has just been killed. */
  killNext(): void
  close(): Promise<void>
}

export function killedModule(): KilledModule {
  let isKilledNext = false
  const hsm = createSoftHsm()
  const provider = createPkcs11Provider('soft', {
    ...hsm,
    sessions: 1,
    environment: process.env,
  })
  const killed = {
    ...provider,
    sign(...given: Parameters<Pkcs11Provider['sign']>) {
      if (isKilledNext) provider.restart()
      isKilledNext = false
      return provider.sign(...given)
    },
  }
  return {
    keyProviders: new Map([['soft', guardProvider(killed, { guard: { timeoutMs: 20_000 } })]]),
    killNext() {
      isKilledNext = true
    },
    async close() {
      await provider.close()
      hsm.remove()
    },
  }
}

const later = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds))

/** The answers until one succeeds. */
export async function answersTo(call: () => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = []
  const isFailed = () => answers.at(-1)?.body.resultCode === 'P110001'
  do {
    if (answers.length > 0) await later(50)
    answers.push(await call())
  } while (isFailed() && answers.length < 200)
  return answers
}

/** The first answer says that the key cannot be used, and the last one, which is returned, not. */
export function expectOneFailure(answers: readonly Answer[]): Json {
  const [first] = answers
  expect(first?.body).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P110001' })
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  const { body = {} } = answers.at(-1) ?? {}
  expect(body.resultCode).not.toBe('P110001')
  return body
}
