/**
 * The request of a client as people paste it: an HTTP message, a `curl` command, a URL, or the form
 * that was posted.
 */
import type { Service } from '../../model/service/service.ts'

export interface HttpMessage {
  method: string
  url: string
  headers?: Record<string, string> | undefined
  body?: string | undefined
}

const mostHeaders = 100

/** The message of a text; undefined for any other text. */
export function messageOf(pasted: string, service: Service): HttpMessage | undefined {
  const text = pasted.trim()
  if (/^curl(?:\.exe)?\s/.test(text)) return curlMessage(wordsOf(text).slice(1))
  if (/^https?:\/\/\S+$/i.test(text)) return { method: 'GET', url: text }
  if (/^\??[\w.~%+-]+=\S*$/.test(text)) return formMessage(text.replace(/^\?/, ''), service)
  return parseMessage(text)
}

/** RFC 9112 §2: request line, header fields, an empty line, and the body. */
function parseMessage(text: string): HttpMessage | undefined {
  const [head = '', ...rest] = text.split(/\r?\n\r?\n/)
  const [line = '', ...fields] = head.split(/\r?\n/)
  const [, method, url] = /^([A-Za-z]+) (\S+)(?: HTTP\/[\d.]+)?\s*$/.exec(line) ?? []
  if (method === undefined || url === undefined) return undefined
  const headers = fields.slice(0, mostHeaders).flatMap(headerOf)
  return { method, url, headers: Object.fromEntries(headers), body: rest.join('\n\n').trim() }
}

function headerOf(field: string): [string, string][] {
  const colon = field.indexOf(':')
  return colon < 1 ? [] : [[field.slice(0, colon).trim(), field.slice(colon + 1).trim()]]
}

/** A form without a URL is of the token endpoint if it has a grant type. */
function formMessage(form: string, service: Service): HttpMessage {
  const { tokenEndpoint, authorizationEndpoint } = service
  const isOfToken = new URLSearchParams(form).has('grant_type')
  const url = isOfToken ? tokenEndpoint : authorizationEndpoint
  return { method: 'POST', url: url || 'https://localhost/', body: form }
}

/** Words of a POSIX shell: with quotes, escapes, and lines that continue. */
function wordsOf(text: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? ''
    const next = text[at + 1] ?? ''
    if (character === '\\' && quote !== "'") {
      at += 1
      const isKept = quote === '"' && !/["\\$`\n]/.test(next)
      if (next !== '\n') word = `${word ?? ''}${isKept ? character : ''}${next}`
    } else if (quote !== '') {
      if (character === quote) quote = ''
      else word = `${word ?? ''}${character}`
    } else if (character === '"' || character === "'") {
      quote = character
      word ??= ''
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (character !== '$' || next !== "'") {
      word = `${word ?? ''}${character}`
    }
  }
  return word === undefined ? words : [...words, word]
}

/** Options with a value, by their letter or name; others have none. */
const letters: Record<string, string> = { X: 'request', H: 'header', d: 'data', u: 'user' }
const skippedLetters = new Set('AbcCeEFKmoTwxyYz')
const skippedNames = new Set([
  ...['cookie', 'cookie-jar', 'output', 'user-agent', 'referer', 'cert', 'key', 'cacert'],
  ...['connect-timeout', 'max-time', 'proxy', 'write-out', 'resolve', 'form', 'retry'],
])
const data = new Set(['data', 'data-raw', 'data-ascii', 'data-binary', 'data-urlencode', 'json'])

interface Curl {
  request?: string
  url?: string
  isGet: boolean
  headers: [string, string][]
  data: string[]
}

function curlMessage(words: readonly string[]): HttpMessage | undefined {
  const curl: Curl = { isGet: false, headers: [], data: [] }
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word.startsWith('--')) {
      const name = word.slice(2)
      if (takesValue(name)) take(curl, name, rest.shift() ?? '')
      else if (name === 'get') curl.isGet = true
    } else if (/^-[A-Za-z]/.test(word)) {
      takeLetters(curl, word.slice(1), rest)
    } else {
      curl.url ??= word
    }
  }
  if (curl.url === undefined) return undefined
  const url = /^https?:\/\//i.test(curl.url) ? curl.url : `https://${curl.url}`
  const body = curl.data.join('&')
  const headers = Object.fromEntries(curl.headers)
  if (curl.isGet) {
    return { method: 'GET', url: `${url}${url.includes('?') ? '&' : '?'}${body}`, headers }
  }
  const { request = curl.data.length > 0 ? 'POST' : 'GET' } = curl
  return { method: request, url, headers, body }
}

const takesValue = (name: string) =>
  data.has(name) || skippedNames.has(name) || ['request', 'header', 'user', 'url'].includes(name)

/** `-sSd value`, `-XPOST`: letters without a value may stand before one that has a value. */
function takeLetters(curl: Curl, text: string, rest: string[]): void {
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? ''
    const name = letters[letter]
    if (letter === 'G') curl.isGet = true
    if (name === undefined && !skippedLetters.has(letter)) continue
    const value = text.slice(at + 1) || (rest.shift() ?? '')
    if (name !== undefined) take(curl, name, value)
    return
  }
}

function take(curl: Curl, name: string, value: string): void {
  if (name === 'request') curl.request = value
  else if (name === 'url') curl.url = value
  else if (name === 'header') curl.headers.push(...headerOf(value))
  else if (name === 'user') {
    curl.headers.push(['Authorization', `Basic ${Buffer.from(value).toString('base64')}`])
  } else if (name === 'data-urlencode') curl.data.push(encoded(value))
  else if (data.has(name)) curl.data.push(value)
}

/** `name=value`, of which the value is encoded. */
function encoded(text: string): string {
  const equals = text.indexOf('=')
  const value = encodeURIComponent(text.slice(equals + 1))
  return equals < 1 ? value : `${text.slice(0, equals)}=${value}`
}
