/** The demo of credentials: a user makes an offer, and her wallet redeems it. */
import { createFormBrowser } from '../form-browser.ts'
import { statusOf, verifyIdentity, verifyLicence } from './verify.ts'
import { createWallet, type Issued } from './wallet.ts'

export interface Stage {
  /** The URL of the frontend. */
  issuer: string
  /** The root certificate of the issuer, in PEM. */
  root: string
  clientId: string
  credentials: { username: string; password: string }
  /** Told of every step that went well. */
  say(step: string): void
}

export async function runCredentials(stage: Stage): Promise<void> {
  const { root, say } = stage
  const identity = await obtain(stage, 'identity')
  const claims = await verifyIdentity(...bound(identity), root)
  say(`a verifier reads an SD-JWT VC of ${claims['given_name']} ${claims['family_name']}`)
  say(`the status list says that it is ${(await statusOf(claims)) === 0 ? 'valid' : 'not valid'}`)
  const licence = await obtain(stage, 'mdl')
  const elements = await verifyLicence(...bound(licence), root)
  say(`a verifier reads an mDL with ${Object.keys(elements).length} data elements`)
}

const bound = ({ credentials: [credential = ''], keys: [key = {}] }: Issued) =>
  [credential, key] as const

/** The user chooses on a page what her wallet is offered, and types the code into the wallet. */
async function obtain({ issuer, clientId, credentials, say }: Stage, configurationId: string) {
  const browser = createFormBrowser()
  const login = await browser.open(`${issuer}/offers`)
  const choice = await browser.submit(login, { ...credentials, decision: 'login' })
  const form = { configuration: configurationId, grant: 'pre-authorized', code: 'yes' }
  const page = await browser.submit(choice, form)
  const [, link = ''] = / href="(openid-credential-offer:[^"]*)"/.exec(page.text) ?? []
  const [, code = ''] = / id="code">(\d+)</.exec(page.text) ?? []
  say(`the user scans the offer of "${configurationId}", and types the code ${code}`)
  const wallet = createWallet(clientId)
  const { offer, issuer: metadata } = await wallet.resolve(link.replaceAll('&amp;', '&'))
  const accessToken = await wallet.redeem(offer, metadata, code)
  const issued = await wallet.obtain({ issuer: metadata, accessToken, configurationId })
  say(`the wallet has the credential "${configurationId}"`)
  const { notificationId = '' } = issued
  await wallet.client.sendNotification({
    ...{ issuerMetadata: metadata, accessToken },
    notification: { notificationId, event: 'credential_accepted' },
  })
  return issued
}
