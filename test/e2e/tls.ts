/** Keys and certificates for TLS, made by the machine's OpenSSL, and clients that present them. */
import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { ServerOptions } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, fetch as send } from 'undici'
import { tlsOptions } from '../../examples/frontend/tls.ts'

export interface KeyPair {
  /** PEM, like the certificate. */
  key: string
  cert: string
}

/** A certificate with its key, self-signed or signed by `issuer`. */
export function certify(subject: string, how: { issuer?: KeyPair; rsa?: boolean } = {}): KeyPair {
  const { issuer, rsa = false } = how
  const folder = mkdtempSync(join(tmpdir(), 'postern-tls-'))
  const file = (name: string) => join(folder, name)
  const kind = rsa ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  if (issuer) for (const part of ['key', 'cert'] as const) writeFileSync(file(part), issuer[part])
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', ...kind, '-nodes', '-days', '30', '-subj', subject],
      ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', file('own.key')],
      ...(issuer ? ['-CA', file('cert'), '-CAkey', file('key')] : []),
      ...['-out', file('own.cert')],
    ],
    { stdio: 'pipe' },
  )
  const made = {
    key: readFileSync(file('own.key'), 'utf8'),
    cert: readFileSync(file('own.cert'), 'utf8'),
  }
  rmSync(folder, { recursive: true, force: true })
  return made
}

const server = certify('/CN=frontend', { rsa: true })

/** The frontend's listener, as its `main.ts` configures it. */
export const serverTls: ServerOptions = tlsOptions(server.key, server.cert)

export type Send = (url: string | URL, init?: object) => Promise<Response>

/** A fetch that trusts the frontend and presents this certificate. */
export function fetchWith(own?: KeyPair, more: object = {}): Send {
  const dispatcher = new Agent({ connect: { ca: server.cert, ...own, ...more } })
  return (url, init = {}) => send(url, { ...init, dispatcher }) as unknown as Promise<Response>
}

/** `x5t#S256`, RFC 8705 §3.1. */
export const thumbprintOf = ({ cert }: KeyPair): string =>
  createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url')
