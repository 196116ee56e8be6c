/** Orders of the token inventory, and places in them. */
import { z } from 'zod'

/** `hash` is the order of the key itself, in which a list of any length can be walked. */
export const TokenOrder = z.enum([
  'created_at',
  'last_seen_at',
  'expires_at',
  'refresh_expires_at',
  'client_id',
  'subject',
  'grant_type',
  'client_ip',
  'user_agent',
  'scope',
  'hash',
])
export type TokenOrder = z.output<typeof TokenOrder>

/** The place after one token: its value in the order, and its key, which no other token has. */
export const TokenPlace = z.object({
  value: z.union([z.number(), z.string()]),
  key: z.string(),
})
export type TokenPlace = z.output<typeof TokenPlace>
