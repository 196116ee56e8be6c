import { defineMessages } from './messages.ts'

/** The names of the screens in the navigation. */
export const messages = defineMessages({
  services: 'Services',
  settings: 'Settings',
  clients: 'Clients',
  client: 'Client',
  explorer: 'Request explorer',
  lint: 'Lint',
  refusals: 'Refusals',
  grants: 'Tokens and sessions',
  deliveries: 'Deliveries',
  events: 'Events',
  audit: 'Audit log',
  keys: 'Keys',
  tokens: 'API tokens',
  health: 'Health',
})
