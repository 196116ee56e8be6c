/**
 * The client of a request is known: the response tells the web origins that may read it, and a
 * refusal names it.
 */
import { type Context, noteOrigins } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import { corsOriginsOf } from '../oauth/registration/cors-origins.ts'

export function noteOriginsOf(context: Context, client: Client | undefined): void {
  context.call.client = client
  const origins = client && corsOriginsOf(client)
  if (origins) noteOrigins(context, origins)
}
