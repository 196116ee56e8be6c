import { counted, defineMessages } from './messages.ts'

export const messages = defineMessages({
  title: 'Deliveries',
  description:
    'Notifications to clients: which wait, which failed and why, and when they are sent next.',
  status: 'Status',
  statuses: { PENDING: 'waiting', DELIVERED: 'delivered', DEAD: 'given up' },
  all: 'All',
  client: 'Client',
  clientMore: 'A number or an alias',
  subject: 'Subject',
  attempts: 'Attempts',
  created: 'Created',
  next: 'Next attempt',
  error: 'Last error',
  retry: 'Send again',
  retryOne: (id: string) => `Send again: ${id}`,
  retryAll: 'Send all of the client again that were given up',
  retried: (count: number) => `Sent again: ${counted(count, 'notification', 'notifications')}`,
  waiting: (count: number) => counted(count, 'notification waits', 'notifications wait'),
  dead: (count: number) =>
    counted(count, 'notification was given up', 'notifications were given up'),
  empty: 'No notification is there',
  emptyMore: 'They appear when sessions end and clients are told of it.',
  label: 'Delivery',
  others: {
    title: 'CIBA and batches of tokens',
    about: 'What waits. What was delivered or given up is not kept.',
    none: 'None of these notifications waits.',
    more: 'More wait than are shown.',
    id: 'Notification',
    kind: 'Tells of',
    kinds: { ciba: 'CIBA', 'token-batch': 'Batch of tokens' },
    caller: 'Caller of the API',
    givenUp: 'Given up',
  },
})
