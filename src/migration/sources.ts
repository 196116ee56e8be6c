/** The systems that can be imported; each is loaded when it is asked for. */
import type { Input } from './input.ts'
import type { Migration, Order } from './migration.ts'

type Migrate = (inputs: readonly Input[], order: Order) => Promise<Migration>

interface Source {
  name: string
  load(): Promise<Migrate>
}

export const sources = {
  dcr: {
    name: 'RFC 7591 documents',
    load: async () => (await import('./sources/dcr.ts')).migrateDocuments,
  },
  hydra: {
    name: 'Ory Hydra',
    load: async () => (await import('./sources/hydra.ts')).migrateHydra,
  },
  keycloak: {
    name: 'Keycloak',
    load: async () => (await import('./sources/keycloak.ts')).migrateRealm,
  },
  authlete: {
    name: 'Authlete',
    load: async () => (await import('./sources/authlete.ts')).migrateAuthlete,
  },
  'oidc-provider': {
    name: 'node-oidc-provider',
    load: async () => (await import('./sources/oidc-provider.ts')).migrateProvider,
  },
  glewlwyd: {
    name: 'Glewlwyd',
    load: async () => (await import('./sources/glewlwyd.ts')).migrateGlewlwyd,
  },
} as const satisfies Record<string, Source>
