/** Header fields of a request on the Node server, or of a test without a socket. */
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'

/** The request of the Node server; absent in tests. */
export type Bindings = Partial<HttpBindings>
export type Transported = Context<{ Bindings: Bindings }>

/** A header field of the Node request, which avoids creating `Headers` from all fields. */
export function fieldOf(c: Transported, name: string): string | undefined {
  const fields = c.env?.incoming?.headers
  if (!fields) return c.req.header(name)
  const value = fields[name]
  return Array.isArray(value) ? value.join(', ') : value
}
