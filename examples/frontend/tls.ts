/** TLS as FAPI asks for it, with client certificates that Postern judges, RFC 8705. */
import { constants } from 'node:crypto'
import type { ServerOptions } from 'node:https'

/**
 * `key` and `cert` in PEM. With an RSA key, both of the ciphers of TLS 1.2 can be used. With
 * `clientCa`, the listener verifies client certificates against these roots itself.
 */
export const tlsOptions = (
  key: string | Buffer,
  cert: string | Buffer,
  clientCa?: string | Buffer,
): ServerOptions => ({
  key,
  cert,
  ...(clientCa === undefined ? {} : { ca: clientCa }),
  minVersion: 'TLSv1.2',
  // Those of TLS 1.2: FAPI 2.0 §5.2.2, a subset of FAPI 1.0 Advanced §8.5. The rest is TLS 1.3.
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES256-GCM-SHA384',
  ].join(':'),
  // Any certificate gets through the handshake, and so does none: what is not verified is not
  // handed on where it has to be (`certificates` in credentials.ts).
  requestCert: true,
  rejectUnauthorized: false,
  // A resumed session has no chain: every connection begins with a whole handshake.
  secureOptions: constants.SSL_OP_NO_TICKET,
})
