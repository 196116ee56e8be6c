/**
 * The example frontend of the compose files: creates its service at the first start, and serves its
 * pages. A frontend in production gets an API token of its service only, not the administrator's.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createFrontend } from '../dist/frontend/server.js'
import { serviceSettings } from '../dist/frontend/service.js'

const { POSTERN_URL: posternUrl, FRONTEND_URL: publicUrl, FRONTEND_PORT = '3000' } = process.env
const apiToken = readFileSync(process.env.ADMIN_TOKEN_FILE, 'utf8').trim()

async function call(path, body) {
  const response = await fetch(`${posternUrl}/api/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { Authorization: `Bearer ${apiToken}`, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${await response.text()}`)
  return response.json()
}

const { services = [] } = await call('service/get/list?start=0&end=1000')
const known = services.find(({ issuer }) => issuer === publicUrl)
const service = known ?? (await call('service/create', await serviceSettings(publicUrl)))
const serviceId = String(service.apiKey)
const app = createFrontend({ posternUrl, serviceId, apiToken, publicUrl })
const server = createServer(getRequestListener(app.fetch)).listen(Number(FRONTEND_PORT), () => {
  console.log(`The frontend of service ${serviceId} listens on port ${server.address().port}.`)
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit())
