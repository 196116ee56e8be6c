/** The option `fetch` of `createPostern` has the limits of fetches from the network. */
import { describe, expect, it } from 'vitest'
import { answeredBy } from '../../src/embedded/outbound.ts'

const url = 'https://client.example.com/jwks'
const options = { purpose: 'key set', serviceId: 1 }
const now = () => Date.UTC(2026, 0, 1)

const fetching = (answer: (request: Request) => Response | Promise<Response>, more = {}) =>
  answeredBy(answer, now)(url, { ...options, ...more })

describe('answers of the option fetch', () => {
  it('get what is sent, and return status, headers and body', async () => {
    const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'max-age=60' }
    const sent = { method: 'POST', headers: { 'X-Name': 'value' }, accept: 'text/x', body: 'text' }
    const seen: unknown[] = []
    const fetched = await fetching(async (request) => {
      const names = ['x-name', 'accept'].map((name) => request.headers.get(name))
      seen.push(request.method, request.url, ...names, await request.text())
      return new Response('{}', { status: 201, headers })
    }, sent)
    expect(seen).toEqual(['POST', url, 'value', 'text/x', 'text'])
    expect(fetched).toEqual({
      status: 201,
      contentType: 'application/json',
      cacheControl: 'max-age=60',
      body: '{}',
    })
  })

  const failing: [string, () => Response | Promise<Response>, object][] = [
    ['redirect', () => Response.redirect('https://elsewhere.example'), { status: 302 }],
    ['status', () => new Response('', { status: 404 }), { status: 404 }],
    [
      'status',
      () => new Response('', { status: 503, headers: { 'Retry-After': '7' } }),
      { status: 503, retryAfter: 7 },
    ],
    ['too-large', () => new Response('ä'.repeat(6)), {}],
    ['network', () => Promise.reject(new Error('hush')), {}],
    ['timeout', () => new Promise(() => {}), {}],
  ]
  it.each(failing)('fail with the reason %s', async (reason, answer, about) => {
    const error = await fetching(answer, { maxBytes: 10, timeoutMs: 60 }).catch((thrown) => thrown)
    expect(error).toMatchObject({ name: 'FetchError', reason, ...about })
    expect(error.message).toContain('https://client.example.com')
    expect(error.message).not.toContain('hush')
  })

  it('are not asked for a URL that cannot be requested', async () => {
    const never = answeredBy(() => new Response('x'), now)
    await expect(never('https://user:hush@client.example.com/', options)).rejects.toMatchObject({
      reason: 'invalid-url',
    })
  })
})
