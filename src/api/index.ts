/** Table of contents: every operation of the API, in the order of the reference page. */
import type { Endpoint } from '../http/endpoint.ts'
import { authorization } from './auth/authorization.ts'
import { authorizationFail } from './auth/authorization-fail.ts'
import { authorizationIssue } from './auth/authorization-issue.ts'
import { ticketInfo, ticketUpdate } from './auth/authorization-ticket.ts'
import { introspection } from './auth/introspection.ts'
import { introspectionStandard } from './auth/introspection-standard.ts'
import { revocation } from './auth/revocation.ts'
import { token } from './auth/token.ts'
import { tokenCreate } from './auth/token-create.ts'
import { tokenDelete } from './auth/token-delete.ts'
import { tokenFail } from './auth/token-fail.ts'
import { tokenIssue } from './auth/token-issue.ts'
import { tokenList } from './auth/token-list.ts'
import { tokenRevoke } from './auth/token-revoke.ts'
import { tokenUpdate } from './auth/token-update.ts'
import { userinfo } from './auth/userinfo.ts'
import { userinfoIssue } from './auth/userinfo-issue.ts'
import { echo, healthcheck } from './misc.ts'
import { configuration, configurationPost } from './service/configuration.ts'
import { jwks } from './service/jwks.ts'

export const endpoints: readonly Endpoint[] = [
  authorization,
  authorizationIssue,
  authorizationFail,
  ticketInfo,
  ticketUpdate,
  token,
  tokenIssue,
  tokenFail,
  userinfo,
  userinfoIssue,
  introspection,
  introspectionStandard,
  revocation,
  tokenList,
  tokenCreate,
  tokenUpdate,
  tokenDelete,
  tokenRevoke,
  configuration,
  configurationPost,
  jwks,
  healthcheck,
  echo,
]
