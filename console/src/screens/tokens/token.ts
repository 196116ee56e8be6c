/** API tokens of a service, or of all: the operations differ by their paths only. */

export interface Token {
  tokenId?: string
  description: string
  rights: string[]
  createdAt: number
  expiresAt: number
  lastUsedAt?: number
}

/** `0` stands for all services. */
export const kindOf = (scope: string) => (scope === '0' ? 'organizationtoken' : 'servicetoken')

export const addressOf = (scope: string) => (scope === '0' ? {} : { serviceId: Number(scope) })
