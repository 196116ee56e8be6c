/** Client authentication by mutual TLS, RFC 8705 §2. */

import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import type { ClientAuthMethod } from '../model/enums.ts'
import {
  isRegistered,
  requireRegistered,
  requireSubject,
  requireTrusted,
  requireValidCertificate,
} from '../oauth/client-authentication/mutual-tls.ts'
import { keysOfClient } from './keys.ts'
import { withFreshKeys } from './signature.ts'

/** The certificate and the chain of the TLS connection, in PEM. */
interface Presented {
  certificate: string
  path: string[] | undefined
}

/** Does nothing for clients with other methods, whose certificate only binds tokens. */
export async function verifyClientCertificate(
  context: ServiceContext,
  client: Client,
  method: ClientAuthMethod,
  presented: Presented,
): Promise<void> {
  if (method !== 'TLS_CLIENT_AUTH' && method !== 'SELF_SIGNED_TLS_CLIENT_AUTH') return
  const { service, now } = context
  const certificate = requireValidCertificate(presented.certificate, now)
  if (method === 'TLS_CLIENT_AUTH') {
    await requireTrusted(certificate, presented.path, service, now)
    requireSubject(certificate, client)
    return
  }
  const isKnown = await withFreshKeys(
    (newerThan) => keysOfClient(context, client, newerThan),
    (set) => isRegistered(certificate, set, client),
    (found) => !found,
  )
  requireRegistered(isKnown)
}
