import { defineMessages } from './messages.ts'

/** The names of the screens in the navigation. */
export const messages = defineMessages({
  services: 'Services',
  clients: 'Clients',
  keys: 'Keys',
  tokens: 'API tokens',
  health: 'Health',
})
