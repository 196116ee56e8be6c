/** A credential issuer, OpenID4VCI: for a service with `verifiableCredentialsEnabled`. */
import type { Hono } from 'hono'
import type { Parts } from '../parts.ts'
import { addDocuments } from './documents.ts'
import { addOffers } from './offers.ts'
import { createOrders } from './orders.ts'
import { addUserInfoCredentials } from './userinfo.ts'
import { addWallets } from './wallets.ts'

export function addCredentialIssuer(app: Hono, parts: Parts): void {
  const orders = createOrders(parts.clock)
  addDocuments(app, parts)
  addWallets(app, parts, orders)
  addOffers(app, parts, orders)
  addUserInfoCredentials(app, parts)
}
