/** The web origins of a client: the pages that may read responses to its requests. */
import type { Client } from '../../model/client/client.ts'
import { parseUrl } from '../../model/url.ts'
import { defineAttribute, words } from '../attribute.ts'
import { isLoopbackHost } from '../uri.ts'

/** An origin as browsers send it (RFC 6454 §6.2): https, or http on the loopback interface. */
function isOrigin(word: string): boolean {
  if (word === '*') return true
  const url = parseUrl(word)
  if (url?.origin !== word || /[^a-z0-9.:/[\]-]/.test(word)) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))
}

const corsOrigins = defineAttribute<readonly string[] | undefined>({
  name: 'ext.cors_origins',
  of: 'client',
  form: words(isOrigin, 50, 'origins such as `https://app.example.com`, or `*` for all'),
  fallback: undefined,
  effect:
    'The web origins whose pages may read responses to requests of the client. Responses to the ' +
    'frontend tell them as `corsOrigins`, and the frontend answers by CORS. If empty, none; without ' +
    'the attribute, the frontend decides.',
  spec: 'RFC 6454 §6.2',
})

export const corsOriginsOf = (client: Client): readonly string[] | undefined =>
  client.attributes ? corsOrigins.read(client) : undefined
