/** `postern-client/resource-server`: access tokens at a resource server, in three frameworks. */
import type { Access, Demand, Presented, ResourceServerOptions } from './access.ts'
import { AccessRefused } from './verification/refused.ts'
import { createVerifier, type Verify } from './verification/verifier.ts'

export type { Access, Demand, Presented, ResourceServerOptions, VerifiedBy } from './access.ts'
export type { ProofMemory, ProofNonces } from './verification/proofs.ts'
export { type AccessError, AccessRefused } from './verification/refused.ts'
export type { RevocationOptions } from './verification/revocations.ts'

/** The certificate of the client, as the server or a proxy in front of it hands it over. */
type CertificateOf<Request> = (request: Request) => string | Uint8Array | undefined

interface Route<Request> extends Demand {
  readonly certificate?: CertificateOf<Request>
}

interface ExpressRequest {
  readonly method: string
  readonly url: string
  readonly originalUrl?: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}
interface ExpressResponse {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(): unknown
}

interface HonoContext {
  readonly req: { readonly raw: Request }
  set(key: 'access', value: Access): void
}

export interface ResourceServer {
  /** Verifies what a request presents; rejects with an `AccessRefused`. */
  readonly verify: Verify
  /** A handler of Fetch, which is called with what the token says. */
  protect<Rest extends readonly unknown[]>(
    handler: (request: Request, access: Access, ...rest: Rest) => Response | Promise<Response>,
    route?: Route<Request>,
  ): (request: Request, ...rest: Rest) => Promise<Response>
  /** Middleware of Express, which sets `req.access`. */
  express<R extends ExpressRequest>(
    route?: Route<R>,
  ): (
    request: R & { access?: Access },
    response: ExpressResponse,
    next: (error?: unknown) => void,
  ) => Promise<void>
  /** Middleware of Hono, which sets the variable `access`. */
  hono(
    route?: Route<Request>,
  ): (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>
}

export function createResourceServer(options: ResourceServerOptions): ResourceServer {
  const verify = createVerifier(options)
  const { origin } = new URL(options.origin)

  const ofFetch = (request: Request, { certificate }: Route<Request>): Presented => ({
    authorization: request.headers.get('authorization'),
    dpop: request.headers.get('dpop'),
    method: request.method,
    url: `${origin}${new URL(request.url).pathname}`,
    certificate: certificate?.(request),
  })

  return {
    verify,
    protect:
      (handler, route = {}) =>
      async (request, ...rest) => {
        let access: Access
        try {
          access = await verify(ofFetch(request, route), route)
        } catch (error) {
          if (error instanceof AccessRefused) return error.toResponse()
          throw error
        }
        return handler(request, access, ...rest)
      },
    express:
      (route = {}) =>
      async (request, response, next) => {
        try {
          request.access = await verify(ofExpress(request, origin, route.certificate), route)
        } catch (error) {
          if (!(error instanceof AccessRefused)) return next(error)
          response.writeHead(error.status, { ...error.headers })
          response.end()
          return
        }
        next()
      },
    hono:
      (route = {}) =>
      async (context, next) => {
        try {
          context.set('access', await verify(ofFetch(context.req.raw, route), route))
        } catch (error) {
          if (error instanceof AccessRefused) return error.toResponse()
          throw error
        }
        await next()
        return undefined
      },
  }
}

function ofExpress<R extends ExpressRequest>(
  request: R,
  origin: string,
  certificate: CertificateOf<R> | undefined,
): Presented {
  const { headers, method } = request
  const path = (request.originalUrl ?? request.url).split(/[?#]/)[0] ?? '/'
  const { authorization, dpop } = headers
  return {
    authorization: Array.isArray(authorization) ? authorization.join(', ') : authorization,
    dpop: Array.isArray(dpop) ? dpop.join(', ') : dpop,
    method,
    url: `${origin}${path}`,
    certificate: certificate?.(request),
  }
}
