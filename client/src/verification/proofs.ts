/** DPoP proofs at a resource server: RFC 9449 §4.3 and §7. */
import { hash, type Members } from '../bytes.ts'
import { importKey, isSignedBy, parse } from './jws.ts'
import { AccessRefused } from './refused.ts'

/** Remembers proofs, so that each is accepted once. */
export interface ProofMemory {
  /** Whether the name is new; it is kept for as many milliseconds. */
  remember(name: string, milliseconds: number): boolean | Promise<boolean>
}

/** Nonces of the resource server: RFC 9449 §9. */
export interface ProofNonces {
  current(): string | Promise<string>
  isCurrent(nonce: string): boolean | Promise<boolean>
}

export interface ProofOptions {
  /** Seconds that a proof may be old, or from the future. */
  readonly window: number
  readonly memory: ProofMemory
  readonly nonces: ProofNonces | undefined
  readonly now: () => number
}

export interface ProofRequest {
  readonly proof: string
  readonly method: string
  readonly url: string
  readonly token: string
  /** The thumbprint of the key that the token is bound to (`cnf.jkt`). */
  readonly thumbprint: string
}

/** Refuses a proof that is not one of the key, the request and the token. */
export async function requireProof(
  { proof, method, url, token, thumbprint }: ProofRequest,
  { window, memory, nonces, now }: ProofOptions,
): Promise<void> {
  const jwt = parse(proof)
  if (!jwt) return refuse('The header DPoP is not one proof.')
  const { header, claims } = jwt
  const jwk = header['jwk'] as Members | undefined
  if (header['typ'] !== 'dpop+jwt') refuse('The typ of the proof is not dpop+jwt.')
  if (typeof jwk !== 'object' || jwk === null || 'd' in jwk)
    return refuse('The proof has no public key.')
  const key = await importKey(jwk, header['alg'])
  if (!key || !(await isSignedBy(key, jwt))) refuse('The signature of the proof is wrong.')
  const { htm, htu, iat, jti, ath, nonce } = claims
  if (htm !== method) refuse('The proof is for another method.')
  if (targetOf(htu) !== targetOf(url)) refuse('The proof is for another URL.')
  if (typeof iat !== 'number' || Math.abs(now() / 1_000 - iat) > window)
    refuse('The proof is not of this time.')
  if (typeof jti !== 'string' || jti === '' || jti.length > 512)
    return refuse('The proof has no jti.')
  if (ath !== (await hash(token))) refuse('The proof is for another access token.')
  if ((await thumbprintOf(jwk)) !== thumbprint) {
    throw new AccessRefused({
      ...{ error: 'invalid_token', scheme: 'DPoP' },
      says: 'The access token is bound to another key.',
    })
  }
  if (nonces && !(typeof nonce === 'string' && (await nonces.isCurrent(nonce)))) {
    throw new AccessRefused({
      ...{ error: 'use_dpop_nonce', scheme: 'DPoP', dpopNonce: await nonces.current() },
      says: 'The proof has no current nonce.',
    })
  }
  const name = await hash(`${thumbprint} ${jti}`)
  // A proof from the future stays valid for twice the window.
  if (!(await memory.remember(name, 2_000 * window))) refuse('The proof was used before.')
}

function refuse(says: string): never {
  throw new AccessRefused({ error: 'invalid_dpop_proof', scheme: 'DPoP', says })
}

/** A URL without query and fragment, normalised: RFC 9449 §4.3. */
function targetOf(url: unknown): string | symbol {
  try {
    const { origin, pathname } = new URL(String(url))
    return `${origin}${pathname}`
  } catch {
    // Equal to nothing.
    return Symbol('no URL')
  }
}

const required: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  RSA: ['e', 'kty', 'n'],
  OKP: ['crv', 'kty', 'x'],
}

/** The thumbprint of a key: RFC 7638 §3. */
export function thumbprintOf(jwk: Members): Promise<string> {
  const names = required[String(jwk['kty'])] ?? []
  return hash(JSON.stringify(Object.fromEntries(names.map((name) => [name, jwk[name]]))))
}

/** Proofs beyond this number push out the oldest. */
const mostProofs = 500_000

/** For one process alone: several ones need a memory that they share. */
export function createProofMemory(now: () => number): ProofMemory {
  const until = new Map<string, number>()
  return {
    remember(name, milliseconds) {
      const end = until.get(name)
      if (end !== undefined && end > now()) return false
      // The first ones end first.
      for (const [first, at] of until) {
        if (at > now() && until.size < mostProofs) break
        until.delete(first)
      }
      until.delete(name)
      until.set(name, now() + milliseconds)
      return true
    },
  }
}
