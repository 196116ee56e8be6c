/** What a new client begins with, by the kind of application. */

export type Kind = 'web' | 'spa' | 'native' | 'machine'
export const kinds: readonly Kind[] = ['web', 'spa', 'native', 'machine']

const code = {
  grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN'],
  responseTypes: ['CODE'],
}
const isPublic = {
  clientType: 'PUBLIC',
  tokenAuthMethod: 'NONE',
  pkceRequired: true,
  pkceS256Required: true,
}
const isConfidential = { clientType: 'CONFIDENTIAL', tokenAuthMethod: 'CLIENT_SECRET_BASIC' }

export function settingsOf(kind: Kind, redirectUris: readonly string[]): object {
  switch (kind) {
    case 'web':
      return { ...isConfidential, ...code, applicationType: 'WEB', redirectUris }
    case 'spa':
      return { ...isPublic, ...code, applicationType: 'WEB', redirectUris }
    case 'native':
      return { ...isPublic, ...code, applicationType: 'NATIVE', redirectUris }
    case 'machine':
      return { ...isConfidential, grantTypes: ['CLIENT_CREDENTIALS'], responseTypes: [] }
  }
}
