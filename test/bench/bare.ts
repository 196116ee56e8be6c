/**
 * The least that a server can do: Hono, the same JSON body parsed, the same bytes answered. What
 * is to be answered is told beforehand, by PUT.
 */
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'

const answers = new Map<string, string>()
const nameOf = (work: string, step: string) => `${work}/${step}`
const json = { 'Content-Type': 'application/json' }

const app = new Hono()
app.put('/api/:work/answers/:step', async (c) => {
  answers.set(nameOf(c.req.param('work'), c.req.param('step')), await c.req.text())
  return c.body(null, 204)
})
app.get('/api/:work/calls/:step', (c) => {
  return c.body(answers.get(nameOf(c.req.param('work'), c.req.param('step'))) ?? '', 200, json)
})
app.post('/api/:work/calls/:step', async (c) => {
  const body: unknown = await c.req.json()
  if (typeof body !== 'object') return c.body(null, 400)
  return c.body(answers.get(nameOf(c.req.param('work'), c.req.param('step'))) ?? '', 200, json)
})

const server = createAdaptorServer({ fetch: app.fetch })
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
