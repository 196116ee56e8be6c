/** Pages of other origins that call the example frontend: CORS by the origins of the client. */

import * as openid from 'openid-client'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Listening, listen } from '../../../examples/demo/listen.ts'
import { executablePath, launchChromium } from '../chromium.ts'
import { createUser, requestOf, startWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world?.close())

/** A public client with these origins; without any, it has no such attribute. */
async function publicClient(origins?: string): Promise<string> {
  const attributes = origins === undefined ? [] : [{ key: 'ext.cors_origins', value: origins }]
  const about = { clientType: 'PUBLIC', tokenAuthMethod: 'NONE', attributes }
  return (await world.client(about)).clientId
}

/** The code of a user who allows the request, with what redeems it. */
async function codeFor(clientId: string) {
  const configuration = await openid.discovery(
    new URL(world.issuer),
    clientId,
    undefined,
    openid.None(),
    { execute: [openid.allowInsecureRequests] },
  )
  const { url, verifier } = await requestOf(configuration)
  const walked = await createUser().walk(url)
  return {
    ...{ grant_type: 'authorization_code', client_id: clientId, code_verifier: verifier },
    code: new URL(walked.url).searchParams.get('code') ?? '',
    redirect_uri: 'http://127.0.0.1:9/callback',
  }
}

describe('response of the example frontend', () => {
  const own = 'https://app.example.com'
  const foreign = 'https://evil.example'
  const post = (path: string, origin: string, fields: Record<string, string>) =>
    fetch(world.issuer + path, {
      ...{ method: 'POST', headers: { Origin: origin }, body: new URLSearchParams(fields) },
    })
  const reader = ({ headers }: Response) => headers.get('access-control-allow-origin')

  it('is for the origins of the client, if it succeeds and if it fails', async () => {
    const clientId = await publicClient(`${own} http://localhost:5173`)
    const tokens = await post('/token', own, await codeFor(clientId))
    expect([tokens.status, reader(tokens)]).toEqual([200, own])
    expect(tokens.headers.get('vary')).toContain('Origin')
    const { access_token: token } = await tokens.json()
    const wrong = { grant_type: 'authorization_code', client_id: clientId, code: 'x' }
    for (const [path, fields] of [
      ['/token', wrong],
      ['/par', { client_id: clientId }],
      ['/userinfo', { access_token: token }],
      ['/resource', { access_token: token }],
      ['/revoke', { client_id: clientId, token }],
    ] as const) {
      expect([path, reader(await post(path, own, fields))]).toEqual([path, own])
      expect([path, reader(await post(path, foreign, fields))]).toEqual([path, null])
    }
  })

  it('is for all origins if the client has no list, or allows all, or is unknown', async () => {
    for (const clientId of [await publicClient(), await publicClient('*'), '1'])
      expect(reader(await post('/token', foreign, { client_id: clientId }))).toBe('*')
  })

  it('to a preflight request is for all origins, since it names no client', async () => {
    const headers = {
      Origin: foreign,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'dpop',
    }
    const response = await fetch(`${world.issuer}/token`, { method: 'OPTIONS', headers })
    expect([response.status, reader(response)]).toEqual([204, '*'])
    expect(response.headers.get('access-control-allow-headers')).toContain('DPoP')
  })
})

describe.skipIf(!executablePath)('page in Chromium', () => {
  let own: Listening
  let foreign: Listening
  let browser: Browser
  beforeAll(async () => {
    const page = () =>
      new Response('<!doctype html><title>App</title>', {
        headers: { 'Content-Type': 'text/html' },
      })
    own = await listen(page)
    foreign = await listen(page)
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await own?.close()
    await foreign?.close()
  })

  /** What a script of the page gets; a preflight request comes first, because of the header. */
  const redeemIn = (page: Page, fields: Record<string, string>) =>
    page.evaluate(
      async ({ url, form }) => {
        try {
          const headers = { Authorization: 'Bearer none' }
          const init = { method: 'POST', headers, body: new URLSearchParams(form) }
          const response = await fetch(url, init)
          return `${response.status} ${(await response.json()).error ?? 'tokens'}`
        } catch {
          return 'blocked'
        }
      },
      { url: `${world.issuer}/token`, form: fields },
    )

  it('reads tokens and errors for a client with its origin; another page reads neither', async () => {
    const clientId = await publicClient(own.url)
    const pages = await Promise.all(
      [own, foreign].map(async ({ url }) => {
        const page = await browser.newPage()
        await page.goto(url)
        return page
      }),
    )
    const [mine, other] = pages as [Page, Page]
    const wrong = { grant_type: 'authorization_code', client_id: clientId, code: 'x' }
    expect(await redeemIn(mine, wrong)).toMatch(/^400 invalid_/)
    expect(await redeemIn(other, wrong)).toBe('blocked')
    expect(await redeemIn(mine, await codeFor(clientId))).toBe('200 tokens')
    expect(await redeemIn(other, await codeFor(clientId))).toBe('blocked')
  })
})
