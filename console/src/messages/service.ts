import { defineMessages } from './messages.ts'

export const messages = defineMessages({
  unnamed: (id: string) => `Service ${id}`,
  description: 'The settings of the authorization server. Nothing changes before you save.',
})
