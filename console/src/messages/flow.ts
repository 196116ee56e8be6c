import { defineMessages } from './messages.ts'

export const messages = defineMessages({
  title: 'Run this flow',
  description:
    'The console plays your frontend: it lets a user of your choice consent, and exchanges the code.',
  real: 'This is no dry run',
  realMore:
    'Codes and tokens of this flow are real: they are stored, can be used, and stay until they expire or are revoked.',
  subject: 'Subject',
  subjectMore: 'The identifier of the user who logs in and consents.',
  start: 'Log in and consent',
  redirect: 'The response to the client',
  redirectMore: 'A browser would be sent here. The client takes the code out of it.',
  exchange: 'Exchange the code',
  secret: 'Client secret',
  secretMore: 'It is sent to the server, and kept nowhere.',
  verifier: 'PKCE verifier',
  verifierKept: 'From the request that was made here.',
  verifierMore: 'Of the client that made the request.',
  submitExchange: 'Get tokens',
  tokens: 'Tokens',
  tokensMore: 'The token response, as the client gets it.',
  header: 'Header',
  claims: 'Claims',
  decoded: (name: string) => `Content of ${name}`,
  opaque: 'It is opaque: only the server can read it.',
  introspect: 'Introspect',
  userInfo: 'UserInfo',
  introspection: 'What a resource server learns',
  userInfoResponse: 'What UserInfo answers',
  notIssued: 'The flow ended without a code',
  done: 'The flow is complete.',
})
