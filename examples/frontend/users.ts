/**
 * The users of the example. A real frontend asks its own directory here; Postern never sees
 * passwords that are typed into the pages, and keeps no profile.
 */
import { scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { claimsNamedIn } from './consent.ts'
import type { Answer } from './postern.ts'
import { profiles } from './profiles.ts'

export interface Users {
  /** The subject of the user whose credentials these are. */
  check(username: string, password: string): Promise<string | undefined>
  /** The subject of the user whom a hint means: by name, email address or telephone number. */
  find(hint: string): string | undefined
  /** Whether it is the code that a user gives to clients that may ask for her, CIBA §7.1. */
  checkUserCode(subject: string, code: string): Promise<boolean>
  /** Everything known of a subject, by claim name, OIDC Core §5.1. */
  claims(subject: string): Record<string, unknown>
}

/**
 * What is known of a subject, of what is asked. Of verified claims all that is known goes to
 * Postern, which passes on what the request and the service allow.
 */
export function claimsAbout(users: Users, subject: string, answer: Answer) {
  const all = users.claims(subject)
  const verified = claimsNamedIn(answer).filter((name) => name === 'verified_claims')
  const names = [...(answer.claims ?? []), ...verified]
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(all, name)).map((name) => [name, all[name]]),
  )
}

const derive = promisify<string, string, number, Buffer>(scrypt)

/** Whether a secret is the one behind a `salt.hash` made by scrypt (both base64url). */
export async function matchesHash(secret: string, stored: string): Promise<boolean> {
  const [salt = '', hash = ''] = stored.split('.')
  return timingSafeEqual(await derive(secret, salt, 32), Buffer.from(hash, 'base64url'))
}

const passwordHashes: Record<string, string> = {
  // The passwords are the user names with `-password` behind.
  alice: 'shXSCCTgooMF50YnTshPjA.1GuCR842bpbkW5WlzMzXWaniVfr-v59REBbrXwly8wA',
  bob: 'moBZys2rVMGZrgjUgq4G6Q.8WAxxVDXoPcZdy_eLTx9SAEyeDMpocQdPYk9Pd0bFjU',
}

const userCodeHashes: Record<string, string> = {
  // The codes are the user names with `-code` behind.
  alice: '1iZ7yUDrCuLyPTfHlEtWWg.1afPbJiqPQCNTQGeLdCMWwndtBSCHH2a0F7Vj2APHKo',
  bob: '2WH39q-aMNOPcyW3BSZMXw.FVRUsDqdMypI4uT5QtVR_CHqlLHfbg8HH6uULki9PIk',
}

export interface ResourceServer {
  secretHash: string
  /** How the JWT responses that it asks for are made, RFC 9701 §6: as Postern takes it. */
  jwtResponse?: {
    introspectionSignAlg?: string
    introspectionEncryptionAlg?: string
    introspectionEncryptionEnc?: string
    /** A JWK as JSON text. */
    publicKeyForEncryption?: string
  }
}

export const demoResourceServers: Record<string, ResourceServer> = {
  'resource-server': {
    // The secret is `rs-secret`.
    secretHash: '3Yxkl6nBomEtrBytds2S9A.QO2NX-5oL1I6WWl9e_l1wQg0jJvUMDwSEC3RPW8L_yY',
    jwtResponse: { introspectionSignAlg: 'ES256' },
  },
}

export const demoUsers: Users = {
  async check(username, password) {
    // An unknown name costs as much time as a wrong password.
    const known = Object.hasOwn(passwordHashes, username) ? username : undefined
    const matches = await matchesHash(password, passwordHashes[known ?? 'alice'] ?? '')
    return known && matches ? known : undefined
  },
  find: (hint) =>
    Object.keys(profiles).find((subject) => {
      const { email, phone_number } = profiles[subject] ?? {}
      return [subject, email, phone_number].includes(hint)
    }),
  checkUserCode: (subject, code) => matchesHash(code, userCodeHashes[subject] ?? ''),
  claims: (subject) => profiles[subject] ?? {},
}
