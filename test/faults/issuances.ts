/**
 * Issuances of credentials under load, each for two keys of a wallet, compared afterwards with what
 * the service lists: all that was acknowledged, both credentials or none, and none twice.
 */
import {
  configurations,
  credentialKey,
  credentialRequest,
  issuerMetadata,
  makeProof,
  type WalletKey,
  walletKey,
} from '../support/credentials.ts'
import { withStatusLists } from '../support/issued.ts'
import { jwksOf } from '../support/keys.ts'
import type { Json } from '../support/server.ts'
import type { Caller } from './caller.ts'
import { type History, loadOf } from './history.ts'

/** Of `issuing` and `deferring` the outcome is not known. */
interface Issuance {
  is: 'issuing' | 'issued' | 'deferring' | 'deferred'
  accessToken: string
  /** Of the request that is open, or was. */
  requestIdentifier: string
  transactionId?: string
}

type Answer = Awaited<ReturnType<Caller['api']>>

/** Without its certificates, which would expire. */
const { x5c: _, ...issuingKey } = credentialKey

/** The settings of a service that issues credentials. */
export const issuing = {
  verifiableCredentialsEnabled: true,
  credentialJwks: jwksOf(issuingKey),
  credentialIssuerMetadata: issuerMetadata({
    credentialsSupported: JSON.stringify({ diploma: configurations['diploma'] }),
  }),
  supportedScopes: ['openid', 'profile', 'diploma'].map((name) => ({ name })),
  ...withStatusLists(),
}

/** A claim of every credential. */
export const claimed = 'Master of the Arts of Losing Nothing'
const credentialPayload = JSON.stringify({ degree: claimed })
const told = (answer: Answer) => JSON.stringify(answer?.body).slice(0, 300)

export async function createIssuances(
  name: string,
  { api, client, failing }: Caller,
  random: () => number,
): Promise<History> {
  const wrong: string[] = []
  const issuances = new Map<string, Issuance>()
  /** The entries of status lists that credentials have. */
  const places = new Set<string>()
  const keys = [await walletKey(), await walletKey()]
  let flows = 0
  let checked = 0

  const issue = (
    { accessToken, requestIdentifier }: Issuance,
    more: Json = { credentialPayload },
  ) => api('/vci/single/issue', { accessToken, order: { requestIdentifier, ...more } })

  /** The answer, if there is one and it has the action. */
  function expected(subject: string, what: string, answer: Answer, action: string) {
    if (!answer) return undefined
    if (answer.body.action === action) return answer.body
    wrong.push(`${subject}: ${what} was refused: ${told(answer)}`)
    return undefined
  }

  async function flow(): Promise<void> {
    flows += 1
    const subject = `${name}-${flows}`
    const accessToken = await obtainToken(subject)
    const nonce = accessToken && (await api('/vci/nonce', {}))?.body.cnonce
    if (!accessToken || !nonce) return
    const proofOf = (key: WalletKey) => makeProof(key, client.clientId, { now: Date.now(), nonce })
    const requestContent = credentialRequest(await Promise.all(keys.map(proofOf)))
    const parsed = await api('/vci/single/parse', { accessToken, requestContent })
    const requestIdentifier = expected(subject, 'a request', parsed, 'OK')?.info.identifier
    if (!requestIdentifier) return
    const isDeferred = random() < 0.2
    const is = isDeferred ? 'deferring' : 'issuing'
    const issuance: Issuance = { is, accessToken, requestIdentifier }
    issuances.set(subject, issuance)
    await (isDeferred ? defer(subject, issuance) : issueAtOnce(subject, issuance))
  }

  async function obtainToken(subject: string): Promise<string | undefined> {
    const { clientId } = client
    const grant = { grantType: 'AUTHORIZATION_CODE', scopes: ['diploma'] }
    const made = await api('/auth/token/create', { ...grant, clientId, subject })
    return expected(subject, 'a token', made, 'OK')?.accessToken
  }

  /** By one call or by three at once. */
  async function issueAtOnce(subject: string, issuance: Issuance): Promise<void> {
    const times = random() < 0.3 ? 3 : 1
    const answers = await Promise.all(Array.from({ length: times }, () => issue(issuance)))
    const winners = answers.filter((answer) => answer?.body.action === 'OK')
    if (winners.length > 1) wrong.push(`${subject}: issued ${winners.length} times`)
    if (winners.length > 0) issuance.is = 'issued'
    else if (!answers.includes(undefined)) {
      wrong.push(`${subject}: an issuance was refused: ${told(answers[0])}`)
    }
  }

  async function defer(subject: string, issuance: Issuance): Promise<void> {
    const answer = await issue(issuance, { issuanceDeferred: true })
    const deferred = expected(subject, 'a deferral', answer, 'ACCEPTED')
    if (!deferred) return
    issuance.is = 'deferred'
    issuance.transactionId = deferred.transactionId
  }

  async function sure(answer: ReturnType<Caller['api']>): Promise<Json> {
    const known = await answer
    if (known && known.status < 500) return known.body
    throw new Error(`no answer when all is well: ${JSON.stringify(known)}`)
  }
  const listed = async (subject: string): Promise<Json[]> =>
    (await sure(api('/vci/credential/list', { subject }))).credentials

  async function checkOne(subject: string, issuance: Issuance): Promise<void> {
    const { is, accessToken, transactionId } = issuance
    const tell = (what: string, wanted: unknown, found: unknown) => {
      checked += 1
      if (wanted !== found) wrong.push(`${subject}: [${is}] ${what} is ${found}, not ${wanted}`)
    }
    const before = (await listed(subject)).length
    if (is === 'deferring') return tell('the number of credentials', 0, before)
    if (is === 'issued') tell('the number of credentials', keys.length, before)
    if (is === 'deferred') {
      const requestContent = JSON.stringify({ transaction_id: transactionId })
      const parsed = await sure(api('/vci/deferred/parse', { accessToken, requestContent }))
      tell('its transaction', 'OK', parsed.action)
      const order = { requestIdentifier: parsed.info?.identifier, credentialPayload }
      tell('its issuance', 'OK', (await sure(api('/vci/deferred/issue', { order }))).action)
    } else {
      // What was not committed left the request open; what was committed closed it.
      const { action } = await sure(issue(issuance))
      tell('another issuance', before === 0 ? 'OK' : 'CALLER_ERROR', action)
    }
    const after = await listed(subject)
    tell('the number of credentials after all', keys.length, after.length)
    for (const { statusUri, statusIdx } of after) {
      const place = `${statusUri} ${statusIdx}`
      tell('a shared place in a status list', false, places.has(place))
      places.add(place)
    }
  }

  async function check(): Promise<void> {
    const all = [...issuances]
    issuances.clear()
    for (const each of all) await checkOne(...each)
  }
  return { load: loadOf(flow, failing), check, wrong, checked: () => checked }
}
