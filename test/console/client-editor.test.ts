/** The editor of a client: settings, secrets, lock and deletion, and how to use the client. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Json } from '../support/server.ts'
import { expectAccessible, foreignTexts, takePicture } from './support/looks.ts'
import { type ConsoleWorld, executablePath, startConsole, type Visitor } from './support/world.ts'

describe.skipIf(!executablePath)('editor of a client', () => {
  let world: ConsoleWorld
  let service = 0
  let id = 0
  let secret = ''
  beforeAll(async () => {
    world = await startConsole()
    const made = await world.server.post('/api/service/create', {
      ...{ serviceName: 'Bank', issuer: 'https://as.example' },
      tokenEndpoint: 'https://as.example/token',
      supportedScopes: [{ name: 'openid' }, { name: 'profile' }],
    })
    service = made.apiKey
  })
  beforeEach(async () => {
    const made = await world.server.post(`/api/${service}/client/create`, {
      ...{
        clientName: 'Web shop',
        clientType: 'CONFIDENTIAL',
        redirectUris: ['https://shop.example/cb'],
      },
      ...{ grantTypes: ['AUTHORIZATION_CODE'], responseTypes: ['CODE'] },
    })
    id = made.clientId
    secret = made.clientSecret
  })
  afterAll(() => world?.close())

  const stored = (): Promise<Json> => world.server.get(`/api/${service}/client/get/${id}`)
  const visit = async (visitor: Visitor, query = ''): Promise<void> => {
    await visitor.open(`/services/${service}/clients/${id}${query}`)
    await visitor.page.getByRole('textbox', { name: 'clientName' }).waitFor()
  }
  const tab = (visitor: Visitor, name: string) => visitor.page.getByRole('tab', { name }).click()

  it('changes settings, and shows no secret that it does not make', async () => {
    const visitor = await world.visitor()
    const { page, close } = visitor
    await visit(visitor)
    await page.getByRole('textbox', { name: 'clientName' }).fill('Shop')
    await page.getByLabel('Search settings').fill('redirect')
    const uris = page.getByRole('textbox', { name: 'redirectUris', exact: true })
    await uris.fill('https://shop.example/cb\nhttps://shop.example/cb2\n')
    await page.getByRole('button', { name: 'Review and save' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Shop', level: 1 }).waitFor()
    const redirectUris = ['https://shop.example/cb', 'https://shop.example/cb2']
    expect(await stored()).toMatchObject({ clientName: 'Shop', redirectUris, clientSecret: secret })
    expect(await page.content()).not.toContain(secret)
    await takePicture(page, 'client')
    await close()
  })

  it('makes a new secret, which is shown once, with time for the former one', async () => {
    const visitor = await world.visitor()
    const { page, close } = visitor
    await visit(visitor)
    await tab(visitor, 'Credentials')
    await page.getByText('accepted until').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Make a new secret' }).press('Enter')
    const dialog = page.getByRole('dialog')
    await expectAccessible(page)
    await dialog.getByRole('button', { name: /The former secret is accepted for/ }).click()
    await page.getByRole('option', { name: '7 days' }).click()
    await dialog.getByRole('button', { name: 'Make a new secret' }).click()
    const shown = await dialog
      .getByRole('group', { name: 'New client secret' })
      .locator('code')
      .innerText()
    const { clientSecret, rotatedClientSecretExpiresAt: until, modifiedAt } = await stored()
    expect(shown).toBe(clientSecret)
    expect(shown).not.toBe(secret)
    expect(until - modifiedAt).toBe(604_800_000)
    await dialog.getByRole('button', { name: 'Copy the client secret' }).click()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(shown)
    await page.keyboard.press('Escape')
    await dialog.getByRole('button', { name: 'I have copied it' }).click()
    await page.getByText('The former secret is accepted until').waitFor()
    expect(await page.content()).not.toContain(shown)
    await page.getByRole('button', { name: 'End the former secret' }).click()
    await dialog.getByRole('button', { name: 'End the former secret' }).click()
    await page.getByText('The former secret is refused').waitFor()
    expect(await stored()).not.toHaveProperty('rotatedClientSecretExpiresAt')
    await close()
  })

  it('locks and unlocks the client', async () => {
    const visitor = await world.visitor()
    const { page, close } = visitor
    await visit(visitor)
    await page.getByRole('button', { name: 'Lock', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Lock' }).click()
    await page.getByText('Locked', { exact: true }).waitFor()
    expect((await stored()).locked).toBe(true)
    await page.getByRole('button', { name: 'Unlock' }).click()
    await page.getByText('Locked', { exact: true }).waitFor({ state: 'detached' })
    expect((await stored()).locked).toBe(false)
    await close()
  })

  it('deletes the client after its name was typed', async () => {
    const visitor = await world.visitor()
    const { page, close } = visitor
    await visit(visitor)
    await page.getByRole('button', { name: 'Delete' }).press('Enter')
    const dialog = page.getByRole('dialog')
    const remove = dialog.getByRole('button', { name: 'Delete' })
    const field = dialog.getByLabel('Type Web shop to confirm')
    await field.fill('Web')
    expect(await remove.isDisabled()).toBe(true)
    await expectAccessible(page)
    await field.fill('Web shop')
    await field.press('Enter')
    await page.getByRole('heading', { name: 'Clients', level: 1 }).waitFor()
    const gone = await world.server.call('GET', `/api/${service}/client/get/${id}`)
    expect(gone.status).toBe(404)
    await close()
  })

  it('has snippets with its values, and opens the explorer filled in', async () => {
    const visitor = await world.visitor()
    const { page, close } = visitor
    await visit(visitor)
    await tab(visitor, 'Use it')
    const code = page.locator('figure code')
    await expect
      .poll(() => code.innerText())
      .toContain(`curl 'https://as.example/token' -u '${id}'`)
    for (const [name, text] of [
      ['openid-client', `oidc.discovery(new URL("https://as.example"), "${id}"`],
      ['Spring', 'issuer-uri: https://as.example'],
      ['FastAPI', 'server_metadata_url="https://as.example/.well-known/openid-configuration"'],
    ] as const) {
      await tab(visitor, name)
      await expect.poll(() => code.innerText()).toContain(text)
      expect(await code.innerText()).not.toContain(secret)
    }
    await expectAccessible(page)
    await takePicture(page, 'client-use')
    const link = await page.getByRole('link', { name: 'Open in the explorer' }).getAttribute('href')
    const url = new URL(link ?? '', world.server.url)
    expect(url.pathname).toBe(`/console/services/${service}/explorer`)
    const request = new URL(url.searchParams.get('http') ?? '')
    expect(request.origin + request.pathname).toBe('https://as.example/authorize')
    expect(Object.fromEntries(request.searchParams)).toMatchObject({
      ...{
        client_id: String(id),
        redirect_uri: 'https://shop.example/cb',
        scope: 'openid profile',
      },
      ...{ response_type: 'code', code_challenge_method: 'S256' },
    })
    await close()
  })

  it('is read with the right to view, without buttons that change something', async () => {
    const visitor = await world.visitor({ rights: ['view_client'] })
    const { page, close } = visitor
    await visit(visitor)
    await page.getByText('may read these settings and not change them').waitFor()
    await tab(visitor, 'Credentials')
    for (const name of ['Make a new secret', 'Lock', 'Delete']) {
      expect(await page.getByRole('button', { name }).count()).toBe(0)
    }
    await expectAccessible(page)
    await close()
  })

  it('says that the client is unknown, or that the server cannot answer', async () => {
    const { page, watch, fail, close } = await world.visitor()
    watch.allow(404)
    await page.goto(`${world.server.url}/console/services/${service}/clients/1`)
    await page.getByRole('alert').waitFor()
    await fail(/\/client\/get\//, 503)
    await page.goto(`${world.server.url}/console/services/${service}/clients/${id}`)
    await page.getByText('The server cannot answer at present').waitFor()
    await close()
  })

  it('has all its texts in its files of messages', async () => {
    const visitor = await world.visitor()
    const { page, close } = visitor
    await visit(visitor, '?locale=pseudo')
    for (const name of ['⟦Credentials⟧', '⟦Use it⟧']) {
      await tab(visitor, name)
      const texts = await foreignTexts(page)
      expect(texts.filter((text) => !['Web shop', 'Bank'].includes(text))).toEqual([])
    }
    await close()
  })
})
