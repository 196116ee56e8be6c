/**
 * Signatures by a key in SoftHSM: `npx tsx test/bench/hardware.ts`. The same signature in the process
 * of the module and without it shows what the process costs.
 */
import { createHash, createPublicKey } from 'node:crypto'
import { verifyBytes } from '../../src/jose/raw-signature.ts'
import { createPkcs11Provider } from '../../src/system/pkcs11/provider.ts'
import { openToken } from '../../src/system/pkcs11/token.ts'
import { guardProvider } from '../../src/system/providers/guarded-provider.ts'
import { createSoftHsm } from '../support/softhsm.ts'

/** The best of several short rounds: other programs disturb some of them. */
const rounds = 5
const roundMilliseconds = 400
const data = Buffer.alloc(300, 'a')

interface Measured {
  /** Of one signature, in microseconds. */
  median: number
  perSecond: number
}

/** Signs with so many calls in flight. */
async function measure(inFlight: number, sign: () => Promise<unknown>): Promise<Measured> {
  for (let count = 0; count < 200; count++) await sign()
  const best: Measured = { median: Number.POSITIVE_INFINITY, perSecond: 0 }
  for (let round = 0; round < rounds; round++) {
    const took: number[] = []
    const began = performance.now()
    const work = async () => {
      while (performance.now() - began < roundMilliseconds) {
        const started = performance.now()
        await sign()
        took.push(performance.now() - started)
      }
    }
    await Promise.all(Array.from({ length: inFlight }, work))
    const perSecond = (took.length / (performance.now() - began)) * 1_000
    took.sort((a, b) => a - b)
    best.median = Math.min(best.median, (took[Math.floor(took.length / 2)] ?? 0) * 1_000)
    best.perSecond = Math.max(best.perSecond, perSecond)
  }
  return best
}

const hsm = createSoftHsm()
const settings = { ...hsm, sessions: 1 }
const provider = createPkcs11Provider('soft', { ...settings, environment: process.env })
const guarded = guardProvider(provider)
const token = openToken(settings)
const lines: string[] = []
for (const alg of ['ES256', 'RS256', 'PS256']) {
  const handle = createHash('sha256').update(alg).digest('hex')
  const { reference, publicJwk } = await provider.create(handle, {
    ...{ use: 'sig', alg, modulusBits: 2_048 },
  })
  const publicKey = createPublicKey({ key: publicJwk, format: 'jwk' })
  const signAndVerify = async () => {
    const signature = await guarded.sign(reference, alg, data)
    if (!verifyBytes(alg, data, publicKey, signature)) throw new Error('a wrong signature')
  }
  const direct = await measure(1, () => token.sign(reference, alg, data))
  const alone = await measure(1, () => provider.sign(reference, alg, data))
  const together = await measure(32, signAndVerify)
  const round = (value: number) => Math.round(value).toLocaleString('en')
  lines.push(
    `| ${alg} | ${round(direct.median)} µs | ${round(alone.median)} µs | ` +
      `${round(alone.median - direct.median)} µs | ${round(together.perSecond)} |`,
  )
}
token.close()
await provider.close()
hsm.remove()
const head = [
  '| Algorithm | In the process itself | Through the process of the module | Difference | Verified signatures a second, 32 in flight |',
  '| --- | --- | --- | --- | --- |',
]
process.stdout.write(`${[...head, ...lines].join('\n')}\n`)
