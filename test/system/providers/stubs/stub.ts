/** What the stubs of key services share: a server, and keys of node:crypto behind it. */
import { constants, generateKeyPairSync, type KeyObject, privateDecrypt } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Json } from '../../../support/server.ts'

export interface Asked {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  /** The body as it came. */
  text: string
  /** The body, if it is JSON. */
  body: Json
}

export interface Told {
  status: number
  body?: object
}

export interface Stub {
  url: string
  asked: Asked[]
  /** All requests are answered with this status from now on. */
  fail(status: number | undefined): void
  close(): Promise<void>
}

export async function startStub(answer: (asked: Asked) => Told): Promise<Stub> {
  const asked: Asked[] = []
  let failure: number | undefined
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://stub')
      const { method = '', headers } = request
      const body = text.startsWith('{') ? JSON.parse(text) : {}
      const each = { method, path: pathname, query: searchParams, headers, text, body }
      asked.push(each)
      const told = failure === undefined ? answer(each) : { status: failure, body: {} }
      response.writeHead(told.status, { 'Content-Type': 'application/json' })
      response.end(told.body ? JSON.stringify(told.body) : '')
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    fail(status) {
      failure = status
    },
    close: () => {
      server.closeAllConnections()
      return new Promise((closed) => server.close(() => closed()))
    },
  }
}

export interface Pair {
  publicKey: KeyObject
  privateKey: KeyObject
}

/** RSA keys take seconds: one of each size is enough. */
const rsaPairs = new Map<number, Pair>()

export function rsaPair(bits: number): Pair {
  const pair = rsaPairs.get(bits) ?? generateKeyPairSync('rsa', { modulusLength: bits })
  rsaPairs.set(bits, pair)
  return pair
}

export const ecPair = (namedCurve: string): Pair => generateKeyPairSync('ec', { namedCurve })

/** The plaintext; undefined if the ciphertext is not for the key. */
export function decryptOaep({ privateKey: key }: Pair, oaepHash: string, ciphertext: Buffer) {
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  try {
    return privateDecrypt({ key, padding, oaepHash }, ciphertext)
  } catch {
    return undefined
  }
}
