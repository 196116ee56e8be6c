/** What every screen does: without its right, while the server is away, and to be read. */
import { expect, it } from 'vitest'
import type { AccessRight } from '../../../src/model/api-token.ts'
import { expectAccessible, foreignTexts, takePicture } from './looks.ts'
import type { ConsoleWorld } from './world.ts'

interface Expected {
  /** Below `/console`. */
  path: () => string
  heading: string
  /** Rights that do not include that of the screen; none if every right does. */
  without?: AccessRight[]
  /** Calls without which the screen has nothing to show. */
  needs: RegExp
  /** The name of its pictures. */
  picture: string
}

export function itBehaves(
  world: () => ConsoleWorld,
  { path, heading, without, needs, picture }: Expected,
): void {
  it.skipIf(!without)(`says in ${heading} which right it needs`, async () => {
    const { page, watch, open, close } = await world().visitor({ rights: without ?? [] })
    await open(path())
    await page.getByText('does not have the right for this').waitFor()
    expect(watch.calls.filter((call) => needs.test(call))).toEqual([])
    await close()
  })

  it(`says in ${heading} that the server is away, and tries again`, async () => {
    const { page, open, fail, close } = await world().visitor()
    await open('/none')
    await fail(needs, 503)
    await open(path())
    await page.getByRole('alert').getByText('The server cannot answer at present').waitFor()
    await expectAccessible(page)
    await page.unrouteAll()
    await page.getByRole('button', { name: 'Try again' }).first().click()
    await page.getByRole('alert').waitFor({ state: 'detached' })
    await close()
  })

  it(`shows ${heading} accessibly in both themes, with texts from its messages`, async () => {
    const { page, open, close } = await world().visitor()
    await open(path())
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
    await expectAccessible(page)
    await takePicture(page, picture)
    await open(`${path()}?locale=pseudo`)
    expect(await foreignTexts(page)).toEqual([])
    await close()
  })
}
