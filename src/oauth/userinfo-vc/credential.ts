/** The claims of a credential of UserInfo: UserInfo VC §4. */
import type { JWK } from 'jose'
import { credentialTypes } from './settings.ts'

/** Without a duration, a credential is valid for this time. */
const defaultSeconds = 3_600

export interface UserInfoCredential {
  issuer: string | undefined
  subject: string
  key: JWK
  claims: Record<string, unknown>
  jwtId: string
  durationSeconds: number | undefined
  now: number
}

/** The subject of the credential is the key of the wallet, as a DID. */
export function userInfoCredentialClaims(credential: UserInfoCredential): Record<string, unknown> {
  const { issuer, subject, key, claims, jwtId, durationSeconds, now } = credential
  const iat = Math.floor(now / 1000)
  const id = `did:jwk:${Buffer.from(JSON.stringify(key)).toString('base64url')}`
  return {
    iss: issuer,
    sub: id,
    jti: jwtId,
    iat,
    nbf: iat,
    exp: iat + (durationSeconds || defaultSeconds),
    vc: {
      '@context': ['https://www.w3.org/2018/credentials/v1'],
      type: credentialTypes,
      credentialSubject: { ...claims, id, sub: subject },
    },
  }
}
