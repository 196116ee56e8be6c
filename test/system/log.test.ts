import { describe, expect, it } from 'vitest'
import { createLog, logLevels } from '../../src/system/log.ts'
import { testClock, testLog } from '../support/system.ts'

const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ'

function written(fields: Record<string, unknown>, message = 'a message') {
  const log = testLog(testClock())
  log.info(fields, message)
  const [entry] = log.entries
  return entry ?? {}
}

describe('the log', () => {
  it('is one JSON object per line, with a level by name and the time of the clock', () => {
    const lines: string[] = []
    const destination = { write: (line: string) => lines.push(line) }
    createLog({ level: 'info', clock: testClock(0) }, destination).warn({ subject: 'a\nb' }, 'hm')
    expect(lines).toEqual([
      '{"level":"warn","time":"1970-01-01T00:00:00.000Z","subject":"a\\nb","message":"hm"}\n',
    ])
  })

  it('writes entries of its level and above only', () => {
    const counts = logLevels.map((level) => {
      let count = 0
      const log = createLog({ level, clock: testClock() }, { write: () => (count += 1) })
      for (const name of logLevels) if (name !== 'silent') log[name]({}, 'an entry')
      return count
    })
    expect(counts).toEqual([1, 2, 3, 4, 5, 6, 0])
  })

  it.each([
    'authorization',
    'Proxy-Authorization',
    'Set-Cookie',
    'DPoP',
    'client_secret',
    'clientSecret',
    'password',
    'access_token',
    'refreshToken',
    'adminToken',
    'ticket',
    'code',
    'code_verifier',
    'client_assertion',
    'POSTERN_MASTER_KEY',
    'masterKey',
    'parameters',
    'responseContent',
    'd',
  ])('takes out the field %s, however deep', (name) => {
    const field = name.replace(/^POSTERN_/, '')
    const entry = written({ [field]: 'hush', deep: [{ deeper: { [field]: { hush: 'hush' } } }] })
    expect(JSON.stringify(entry)).not.toContain('"hush"')
    expect(entry[field]).toBe('[removed]')
  })

  it('keeps what is no secret', () => {
    const fields = {
      accessTokenHash: 'x'.repeat(43),
      tokenType: 'Bearer',
      tokenCount: 3,
      tokens: 3,
      password: true,
      resultCode: 'P031204',
      description: 'The Basic authentication failed; a DPoP proof with a Bearer token.',
      url: 'https://client.example:8443/jwks?kid=1',
      none: null,
    }
    expect(written(fields)).toMatchObject(fields)
  })

  it('takes out secrets by their shape in any text, also in a message', () => {
    const text = [
      'Authorization: Bearer abcDEF0123456789abcDEF',
      'Authorization: Basic YWxpY2U6c2VjcmV0',
      'DPoP Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU',
      jwt,
      'postgres://postern:hush-hush@db.example/postern',
      'https://client.example/cb?state=1&code=hush-hush&access_token=hush-hush',
    ].join(' | ')
    const entry = written({ text, nested: [{ text }] }, text)
    expect(JSON.stringify(entry)).not.toMatch(/abcDEF|YWxp|Kz~8|eyJ|hush/)
    expect(entry['message']).toContain('state=1')
    expect(entry['message']).toContain('postgres://postern:[removed]@db.example/postern')
  })

  it('describes an error and its causes, without the values of a statement', () => {
    const cause = Object.assign(new Error('connection refused'), {
      code: 'ECONNREFUSED',
      client_secret: 'hush',
    })
    const error = new Error(`Failed query: select 1\nparams: hush,${jwt}`, { cause })
    const entry = written({ error })
    expect(entry['error']).toMatchObject({
      type: 'Error',
      message: 'Failed query: select 1',
      cause: { type: 'Error', message: 'connection refused', errorCode: 'ECONNREFUSED' },
    })
    expect(JSON.stringify(entry)).toContain('log.test.ts')
    expect(JSON.stringify(entry)).not.toMatch(/hush|eyJ/)
    expect(written({ err: error })['err']).toEqual(entry['error'])
  })

  it('ends where a value goes round in a circle, and never writes bytes', () => {
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    expect(JSON.stringify(written({ circle }))).toContain('[deeper]')
    expect(written({ bytes: Buffer.from('hush') })['bytes']).toBe('[4 bytes]')
  })
})
