import { defineMessages } from './messages.ts'

/** The names of the screens in the navigation. */
export const messages = defineMessages({
  services: 'Services',
  clients: 'Clients',
  explorer: 'Request explorer',
  keys: 'Keys',
  tokens: 'API tokens',
  health: 'Health',
})
