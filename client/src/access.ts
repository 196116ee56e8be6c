/** What a resource server asks for, and what it learns of a request. */
import type { Members } from './bytes.ts'
import type { PosternClient } from './types.ts'
import type { ProofMemory, ProofNonces } from './verification/proofs.ts'
import type { AccessRefused } from './verification/refused.ts'
import type { RevocationOptions } from './verification/revocations.ts'

/**
 * How a token was verified: by its signature alone (`local`), by its signature and the revocations
 * of the last second (`snapshot`), or by a call of the service.
 */
export type VerifiedBy = 'local' | 'snapshot' | 'introspection'

export interface Access {
  readonly verifiedBy: VerifiedBy
  /** The user, or the client if there is none. */
  readonly subject: string | undefined
  readonly clientId: string | undefined
  readonly scopes: readonly string[]
  readonly audience: readonly string[]
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /**
   * How the token is bound to its sender: by DPoP, by mutual TLS, or not at all. The answer of
   * introspection does not tell of DPoP, which the service verified.
   */
  readonly boundBy: 'dpop' | 'mtls' | undefined
  /** The claims of a JWT, or the answer of introspection. */
  readonly claims: Members
}

/** What a request must have, beside a valid token. */
export interface Demand {
  readonly scopes?: readonly string[]
  /** One of these authentication contexts: RFC 9470. */
  readonly acrValues?: readonly string[]
  /** Seconds since the user authenticated: RFC 9470. */
  readonly maxAge?: number
}

/** What a request presents. */
export interface Presented {
  /** The header `Authorization`. */
  readonly authorization: string | null | undefined
  /** The header `DPoP`. */
  readonly dpop?: string | null | undefined
  readonly method: string
  /** The URL as the client sees it. */
  readonly url: string
  /** The certificate of the client on this connection, in PEM or DER. */
  readonly certificate?: string | Uint8Array | undefined
}

export interface ResourceServerOptions {
  /** The issuer of the service. */
  readonly issuer: string
  /** Identifiers of this resource server: one of them is in `aud` of a token. */
  readonly audience: string | readonly string[]
  /**
   * The scheme, host and port that clients use, such as `https://api.example.com`. DPoP proofs are
   * compared with it, and never with the header `Host`.
   */
  readonly origin: string
  /** The key set of the service, which verifies JWTs here. Without it, all are introspected. */
  readonly jwksUri?: string | URL | undefined
  /**
   * Introspects tokens that are no JWTs, with the right `use_introspection`. Without it, they are
   * refused.
   */
  readonly postern?: PosternClient | undefined
  /**
   * Follows the revocations of the service with calls of `postern`, so that JWTs are verified here
   * and yet are refused within a second of their revocation. While the log of revocations cannot be
   * read, and where it is not enough, tokens are introspected. Requires `jwksUri` and `postern`.
   */
  readonly revocations?: RevocationOptions | undefined
  /**
   * How many JWTs are remembered, for a minute at most, so that not each request verifies their
   * signatures; 10,000 by default.
   */
  readonly verifiedTokens?: number | undefined
  /** How long an answer of introspection is used again for an unbound token; by default, never. */
  readonly introspectionCache?: { readonly milliseconds: number; readonly entries?: number }
  /** Seconds that clocks may differ; 5 by default. */
  readonly clockTolerance?: number
  readonly dpop?: {
    /** Seconds that a proof may be old; 60 by default. */
    readonly window?: number
    /** By default, the memory of this process alone. */
    readonly memory?: ProofMemory
    /** Nonces that proofs must have; by default, none. */
    readonly nonces?: ProofNonces
  }
  /** The URL of the protected resource metadata, for challenges: RFC 9728 §5.1. */
  readonly resourceMetadata?: string | undefined
  /** Gets each refusal, for the log. Its message has no token. */
  readonly onRefused?: ((refusal: AccessRefused) => void) | undefined
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined
  /** Milliseconds since the epoch; by default, those of the machine. */
  readonly now?: (() => number) | undefined
}
