import { execFileSync } from 'node:child_process'
import {
  constants,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  publicEncrypt,
} from 'node:crypto'
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { verifyBytes } from '../../src/jose/raw-signature.ts'
import { createPkcs11Provider } from '../../src/system/pkcs11/provider.ts'
import { createSoftHsm, hasSoftHsm } from '../support/softhsm.ts'

describe.skipIf(!hasSoftHsm)('keys in SoftHSM', () => {
  const hsm = createSoftHsm()
  const environment = { ...process.env }
  const settings = { ...hsm, sessions: 4, environment }
  const provider = createPkcs11Provider('soft', settings)
  afterAll(async () => {
    await provider.close()
    hsm.remove()
  })

  it.each(['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'])(
    'signs with %s what its public key verifies',
    async (alg) => {
      const key = await provider.create(`signing ${alg}`, { use: 'sig', alg, modulusBits: 2_048 })
      const data = Buffer.from(`to be signed with ${alg}`)
      const signature = await provider.sign(key.reference, alg, data)
      const publicKey = createPublicKey({ key: key.publicJwk, format: 'jwk' })
      expect(verifyBytes(alg, data, publicKey, signature)).toBe(true)
      expect(verifyBytes(alg, Buffer.from('other data'), publicKey, signature)).toBe(false)
    },
  )

  it('decrypts with RSA-OAEP', async () => {
    const wanted = { use: 'enc', alg: 'RSA-OAEP', modulusBits: 2_048 } as const
    const key = await provider.create('decrypting', wanted)
    const secret = createHash('sha256').update('a content key').digest()
    const encrypted = publicEncrypt(
      {
        key: createPublicKey({ key: key.publicJwk, format: 'jwk' }),
        padding: constants.RSA_PKCS1_OAEP_PADDING,
        oaepHash: 'sha1',
      },
      secret,
    )
    const decrypted = await provider.decrypt(key.reference, 'RSA-OAEP', encrypted)
    expect(Buffer.from(decrypted)).toEqual(secret)
  })

  it('agrees on the secret that the other side computes', async () => {
    const key = await provider.create('agreeing', { use: 'enc', alg: 'ECDH-ES' })
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const agreed = await provider.agree(key.reference, other.publicKey.export({ format: 'jwk' }))
    const expected = diffieHellman({
      privateKey: other.privateKey,
      publicKey: createPublicKey({ key: key.publicJwk, format: 'jwk' }),
    })
    expect(Buffer.from(agreed)).toEqual(expected)
  })

  it('finds a key by its handle, and makes no second one for the same handle', async () => {
    const made = await provider.create('made once', { use: 'sig', alg: 'ES256' })
    expect(await provider.create('made once', { use: 'sig', alg: 'ES256' })).toEqual(made)
    expect(await provider.find('made once')).toEqual(made)
    expect(await provider.find('never made')).toBeUndefined()
  })

  it('has no key after it was destroyed', async () => {
    const made = await provider.create('destroyed', { use: 'sig', alg: 'ES256' })
    await provider.destroy(made.reference)
    expect(await provider.find('destroyed')).toBeUndefined()
    await expect(provider.sign(made.reference, 'ES256', Buffer.from('x'))).rejects.toMatchObject({
      fault: 'refused',
    })
    await provider.destroy(made.reference)
  })

  it('answers again after its process was killed, and fails the calls in flight', async () => {
    const key = await provider.create('survivor', { use: 'sig', alg: 'ES256' })
    const data = Buffer.from('data')
    const calls = Array.from({ length: 50 }, () => provider.sign(key.reference, 'ES256', data))
    const settled = Promise.allSettled(calls)
    provider.restart()
    const failed = (await settled).filter(({ status }) => status === 'rejected')
    expect(failed.length).toBeGreaterThan(0)
    for (const each of failed) {
      expect(each).toMatchObject({ reason: { fault: 'unavailable' } })
    }
    const again = async (): Promise<Uint8Array> => {
      try {
        return await provider.sign(key.reference, 'ES256', data)
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50))
        return again()
      }
    }
    const publicKey = createPublicKey({ key: key.publicJwk, format: 'jwk' })
    expect(verifyBytes('ES256', data, publicKey, await again())).toBe(true)
  })

  it('opens the token again with a changed PIN, and tries a wrong PIN once only', async () => {
    const own = createSoftHsm()
    const locked = createPkcs11Provider('locked', { ...settings, ...own, environment: process.env })
    const key = await locked.create('locked', { use: 'sig', alg: 'ES256' })
    const sign = () => locked.sign(key.reference, 'ES256', Buffer.from('data'))
    own.changePin('993412')
    locked.restart()
    await pause(300)
    await expect(sign()).rejects.toThrow('The PKCS#11 module returned 0xa0.')
    for (const _ of [1, 2]) await expect(sign()).rejects.toThrow('The token refused the PIN')
    own.writePin('993412')
    expect(await sign()).toHaveLength(64)
    await locked.close()
    own.remove()
    process.env['SOFTHSM2_CONF'] = environment['SOFTHSM2_CONF']
  })

  it('is used once its token is there, by the process that was started before', async () => {
    const late = createPkcs11Provider('late', { ...settings, tokenLabel: 'late' })
    await expect(late.check()).rejects.toThrow('The module has no token of this label.')
    const words = ['--init-token', '--free', '--label', 'late', '--so-pin', '87654321']
    execFileSync('softhsm2-util', [...words, '--pin', '648219'], {
      stdio: 'ignore',
      env: environment,
    })
    expect(await late.check()).toBeUndefined()
    await late.close()
  })

  it('works from source, too, where a loader compiles it', async () => {
    const source = resolve('src/system/pkcs11/provider.ts')
    const { remove: _, ...ofToken } = hsm
    const script = `
      import(${JSON.stringify(source)}).then(async ({ createPkcs11Provider }) => {
        const settings = ${JSON.stringify({ ...ofToken, sessions: 1 })}
        const provider = createPkcs11Provider('soft', { ...settings, environment: process.env })
        await provider.check()
        console.log('checked')
        await provider.close()
      })`
    const words = ['--import', 'tsx', '-e', script]
    const output = execFileSync(process.execPath, words, { env: environment, encoding: 'utf8' })
    expect(output).toBe('checked\n')
  })

  it('signs a thousand times at once, each correctly', async () => {
    const key = await provider.create('busy', { use: 'sig', alg: 'ES256' })
    const publicKey = createPublicKey({ key: key.publicJwk, format: 'jwk' })
    const started = performance.now()
    const signatures = await Promise.all(
      Array.from({ length: 1_000 }, async (_, index) => {
        const data = Buffer.from(`data ${index}`)
        return verifyBytes(
          'ES256',
          data,
          publicKey,
          await provider.sign(key.reference, 'ES256', data),
        )
      }),
    )
    process.stderr.write(`${Math.round(1e6 / (performance.now() - started))} per second\n`)
    expect(signatures.every(Boolean)).toBe(true)
  })

  it('refuses an algorithm that the module lacks', async () => {
    const wanted = { use: 'enc', alg: 'RSA-OAEP-256' } as const
    await expect(provider.create('lacking', wanted)).rejects.toMatchObject({ fault: 'refused' })
    await expect(provider.sign('00', 'HS256', Buffer.of())).rejects.toMatchObject({
      fault: 'refused',
    })
  })

  it.each([{ tokenLabel: 'another' }, { pinFile: '/nowhere' }, { module: '/nowhere.so' }])(
    'is unavailable where %o does not exist',
    async (wrong) => {
      const other = createPkcs11Provider('wrong', { ...settings, ...wrong })
      await expect(other.check()).rejects.toMatchObject({ fault: 'unavailable' })
      await other.close()
    },
  )
})
