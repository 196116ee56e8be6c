/** Starts the example frontend: `npx tsx examples/frontend/main.ts`. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { serve } from '@hono/node-server'
import { createFrontend } from './server.ts'
import { tlsOptions } from './tls.ts'

function required(name: string): string {
  const value = process.env[name]
  if (value) return value
  console.error(`${name} is not set`)
  process.exit(1)
}

const hostname = process.env['FRONTEND_HOST'] ?? '127.0.0.1'
const publicUrl = ['127.0.0.1', '::1', 'localhost'].includes(hostname)
  ? process.env['FRONTEND_URL']
  : required('FRONTEND_URL')
const initialAccessToken = process.env['FRONTEND_INITIAL_ACCESS_TOKEN']
const app = createFrontend({
  posternUrl: process.env['POSTERN_URL'] ?? 'http://127.0.0.1:7678',
  serviceId: required('POSTERN_SERVICE_ID'),
  apiToken: required('POSTERN_API_TOKEN'),
  ...(publicUrl ? { publicUrl } : {}),
  ...(initialAccessToken ? { initialAccessToken } : {}),
  verifiedCertificatesOnly: !!process.env['FRONTEND_TLS_CLIENT_CA'],
  sessionRefreshSeconds: Number(process.env['FRONTEND_SESSION_REFRESH_SECONDS'] ?? 0),
  automatedApproval: process.env['FRONTEND_AUTOMATED_APPROVAL'] === 'true',
})

const { FRONTEND_TLS_KEY: key, FRONTEND_TLS_CERT: cert, FRONTEND_TLS_CLIENT_CA: ca } = process.env
const clientCa = ca ? readFileSync(ca) : undefined
const tls =
  key && cert
    ? { createServer, serverOptions: tlsOptions(readFileSync(key), readFileSync(cert), clientCa) }
    : {}
const port = Number(process.env['FRONTEND_PORT'] ?? 3000)
serve({ fetch: app.fetch, hostname, port, ...tls }, () =>
  console.log(`The frontend listens on ${key && cert ? 'https' : 'http'}://${hostname}:${port}`),
)
