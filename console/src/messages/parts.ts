import { defineMessages } from './messages.ts'

export const messages = defineMessages({
  before: 'Before: ',
  after: 'After: ',
  changed: 'Changed. The values are not shown.',
})
