/** A key as `/service/keys/list` describes it: never with a private member. */
export interface Key {
  kid?: string
  set: string
  use?: string
  alg?: string
  kty?: string
  state: 'NEXT' | 'CURRENT' | 'PREVIOUS' | 'RETIRED' | 'REVOKED'
  managed: boolean
  activeFrom?: number
  retireAt?: number
  retiredAt?: number
  hsmName?: string
  thumbprint?: string
  certificate?: { subject: string; notAfter: number }
  pinnedBy: string[]
}

export const keyName = ({ kid, thumbprint, handle }: Key & { handle?: string }): string =>
  kid ?? thumbprint ?? handle ?? ''
