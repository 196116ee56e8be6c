import { defineMessages, number } from './messages.ts'

export const messages = defineMessages({
  title: 'Health',
  about:
    'The process that answered this page, and its database. Other processes may share the database.',
  server: 'Server',
  version: 'Version',
  node: 'Node.js',
  uptime: 'Running for',
  seconds: (count: number) => `${number(count)} s`,
  minutes: (count: number) => `${number(count)} min`,
  hours: (count: number) => `${number(count)} h`,
  days: (count: number) => `${number(count)} d`,
  memory: 'Memory',
  database: 'Database',
  answers: 'Answers in',
  milliseconds: (count: number) => `${number(count)} ms`,
  clock: 'Clock of the server',
  difference: 'Difference to this browser',
  none: 'Less than a second',
  outbox: 'Logout notifications',
  waiting: 'Waiting',
  oldest: 'Oldest since',
  renew: 'Read again',
  good: 'Everything works',
  goodMore: 'The database answers, and nothing has waited for long.',
  late: 'Notifications wait',
  lateMore:
    'Clients were not told of logouts for more than ten minutes: see Deliveries of their service.',
  skewed: 'The clocks differ',
  skewedMore: 'Tokens have times. Synchronize the clock of the server, or that of this machine.',
})
