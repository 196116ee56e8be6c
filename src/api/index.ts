/** Table of contents: every operation of the API, in the order of the reference page. */
import type { Endpoint } from '../http/endpoint.ts'
import { attestationChallenge } from './attestation/challenge.ts'
import { auditOfAll, auditOfService, auditTypeList } from './audit.ts'
import { authorizationFail } from './auth/authorization/fail.ts'
import { authorizationIssue } from './auth/authorization/issue.ts'
import { ticketInfo, ticketUpdate } from './auth/authorization/ticket.ts'
import { authorization } from './auth/authorization.ts'
import { introspectionStandard } from './auth/introspection/standard.ts'
import { introspection } from './auth/introspection.ts'
import { revocation } from './auth/revocation.ts'
import { tokenCreate } from './auth/token/create.ts'
import { tokenCreateBatch } from './auth/token/create-batch.ts'
import { tokenCreateBatchStatus } from './auth/token/create-batch-status.ts'
import { tokenDelete } from './auth/token/delete.ts'
import { tokenFail } from './auth/token/fail.ts'
import { tokenIssue } from './auth/token/issue.ts'
import { tokenList } from './auth/token/list.ts'
import { tokenRevoke } from './auth/token/revoke.ts'
import { tokenUpdate } from './auth/token/update.ts'
import { token } from './auth/token.ts'
import { userinfoIssue } from './auth/userinfo/issue.ts'
import { userinfo } from './auth/userinfo.ts'
import { backchannelComplete } from './backchannel/authentication/complete.ts'
import { backchannelFail } from './backchannel/authentication/fail.ts'
import { backchannelIssue } from './backchannel/authentication/issue.ts'
import { backchannelAuthentication } from './backchannel/authentication.ts'
import { backchannelLogoutDeliver } from './backchannel/logout/deliver.ts'
import { backchannelLogoutToken } from './backchannel/logout/token.ts'
import { claimsPreview } from './claims/preview.ts'
import {
  authorizationDelete,
  authorizationDeleteBySubject,
  authorizationDeletePost,
  authorizationsList,
  authorizationsListBySubject,
  authorizationsListPost,
  authorizationsUpdate,
} from './client/authorizations.ts'
import { clientCreate } from './client/create.ts'
import { clientDelete } from './client/delete.ts'
import { clientGet } from './client/get.ts'
import {
  grantedScopesDelete,
  grantedScopesDeleteBySubject,
  grantedScopesDeletePost,
  grantedScopesGet,
  grantedScopesGetBySubject,
  grantedScopesGetPost,
} from './client/granted-scopes.ts'
import { clientLint, clientsLint } from './client/lint.ts'
import { clientList } from './client/list.ts'
import { lockFlag } from './client/lock-flag.ts'
import { clientPatch } from './client/patch.ts'
import {
  registrationCreate,
  registrationDelete,
  registrationGet,
  registrationUpdate,
} from './client/registration.ts'
import { registrationList } from './client/registration-list.ts'
import {
  requestableScopesDelete,
  requestableScopesGet,
  requestableScopesUpdate,
  requestableScopesUpdatePost,
} from './client/requestable-scopes.ts'
import { rotatedSecretDelete, secretRefresh, secretUpdate } from './client/secret.ts'
import { clientUpdate } from './client/update.ts'
import { clientSearch } from './clients.ts'
import { deviceAuthorization } from './device/authorization.ts'
import { deviceComplete } from './device/complete.ts'
import { deviceVerification } from './device/verification.ts'
import { federationConfiguration } from './federation/configuration.ts'
import { federationHistoricalKeys } from './federation/historical-keys.ts'
import { federationJwks } from './federation/jwks.ts'
import { federationRegistration } from './federation/registration.ts'
import { federationResolve } from './federation/resolve.ts'
import { grantManagement } from './gm.ts'
import { hskCreate } from './hsk/create.ts'
import { hskDelete, hskDeleteByGet } from './hsk/delete.ts'
import { hskGet } from './hsk/get.ts'
import { hskList } from './hsk/list.ts'
import { idTokenReissue } from './idtoken/reissue.ts'
import { joseVerify } from './jose/verify.ts'
import { keysConvert } from './keys/convert.ts'
import { healthcheck } from './lifecycle/healthcheck.ts'
import { logoutDeliveryList } from './logout/delivery/list.ts'
import { logoutDeliveryRetry } from './logout/delivery/retry.ts'
import { logoutFail } from './logout/fail.ts'
import { logoutIssue } from './logout/issue.ts'
import { logout } from './logout.ts'
import { echo } from './misc/echo.ts'
import { nativeSsoLogout } from './nativesso/logout.ts'
import { nativeSso } from './nativesso/nativesso.ts'
import {
  organizationTokenCreate,
  organizationTokenList,
  organizationTokenRevoke,
  organizationTokenRotate,
  organizationTokenUpdate,
} from './organizationtoken.ts'
import { pushedAuthReq } from './pushed-auth-req.ts'
import { self } from './self.ts'
import { configuration, configurationPost } from './service/configuration.ts'
import { organizationServiceCreate, serviceCreate } from './service/create.ts'
import { organizationServiceDelete, serviceDelete } from './service/delete.ts'
import { serviceGet } from './service/get.ts'
import { jwks } from './service/jwks.ts'
import { serviceKeysCsr } from './service/keys/csr.ts'
import { keysGenerate } from './service/keys/generate.ts'
import { keysImport } from './service/keys/import.ts'
import { keysList } from './service/keys/list.ts'
import { keysRotate } from './service/keys/rotate.ts'
import { keysSchedule } from './service/keys/schedule.ts'
import { serviceLint } from './service/lint.ts'
import { serviceList } from './service/list.ts'
import { servicePatch } from './service/patch.ts'
import { serviceUpdate } from './service/update.ts'
import { serviceSearch } from './services.ts'
import {
  serviceTokenCreate,
  serviceTokenList,
  serviceTokenRevoke,
  serviceTokenRotate,
  serviceTokenUpdate,
} from './servicetoken.ts'
import { sessionCreate } from './session/create.ts'
import { sessionDelete } from './session/delete.ts'
import { sessionGet } from './session/get.ts'
import { sessionIframePage } from './session/iframe.ts'
import { sessionList } from './session/list.ts'
import { sessionUpdate } from './session/update.ts'
import { userInfoVcIssue } from './userinfovc/issue.ts'
import { userInfoVcParse } from './userinfovc/parse.ts'
import { vciBatchIssue } from './vci/batch/issue.ts'
import { vciBatchParse } from './vci/batch/parse.ts'
import { credentialList } from './vci/credential/list.ts'
import { vciDeferredIssue } from './vci/deferred/issue.ts'
import { vciDeferredParse } from './vci/deferred/parse.ts'
import { vciJwks } from './vci/jwks.ts'
import { vciJwtIssuer } from './vci/jwtissuer.ts'
import { vciMetadata } from './vci/metadata.ts'
import { vciNonce } from './vci/nonce.ts'
import { notification } from './vci/notification.ts'
import { offerCreate } from './vci/offer/create.ts'
import { offerInformation } from './vci/offer/info.ts'
import { vciSingleIssue } from './vci/single/issue.ts'
import { vciSingleParse } from './vci/single/parse.ts'
import { statusGet } from './vci/status/get.ts'
import { statusUpdate } from './vci/status/update.ts'

export const endpoints: readonly Endpoint[] = [
  authorization,
  authorizationIssue,
  authorizationFail,
  ticketInfo,
  ticketUpdate,
  pushedAuthReq,
  token,
  tokenIssue,
  tokenFail,
  nativeSso,
  nativeSsoLogout,
  sessionCreate,
  sessionGet,
  sessionUpdate,
  sessionList,
  sessionDelete,
  sessionIframePage,
  logout,
  logoutIssue,
  logoutFail,
  deviceAuthorization,
  deviceVerification,
  deviceComplete,
  backchannelAuthentication,
  backchannelIssue,
  backchannelFail,
  backchannelComplete,
  backchannelLogoutToken,
  backchannelLogoutDeliver,
  logoutDeliveryList,
  logoutDeliveryRetry,
  idTokenReissue,
  userinfo,
  userinfoIssue,
  claimsPreview,
  introspection,
  introspectionStandard,
  revocation,
  attestationChallenge,
  grantManagement,
  userInfoVcParse,
  userInfoVcIssue,
  vciMetadata,
  vciJwtIssuer,
  vciJwks,
  vciNonce,
  vciSingleParse,
  vciBatchParse,
  vciDeferredParse,
  vciSingleIssue,
  vciBatchIssue,
  vciDeferredIssue,
  tokenList,
  tokenCreate,
  tokenCreateBatch,
  tokenCreateBatchStatus,
  tokenUpdate,
  tokenDelete,
  tokenRevoke,
  configuration,
  configurationPost,
  jwks,
  federationConfiguration,
  federationJwks,
  federationHistoricalKeys,
  federationRegistration,
  federationResolve,
  serviceCreate,
  serviceGet,
  serviceList,
  serviceSearch,
  serviceLint,
  serviceUpdate,
  servicePatch,
  serviceDelete,
  organizationServiceCreate,
  organizationServiceDelete,
  keysGenerate,
  keysRotate,
  keysImport,
  keysSchedule,
  keysList,
  hskCreate,
  hskList,
  hskGet,
  hskDelete,
  hskDeleteByGet,
  serviceKeysCsr,
  keysConvert,
  serviceTokenCreate,
  serviceTokenList,
  serviceTokenRotate,
  serviceTokenUpdate,
  serviceTokenRevoke,
  organizationTokenCreate,
  organizationTokenList,
  organizationTokenRotate,
  organizationTokenUpdate,
  organizationTokenRevoke,
  self,
  clientCreate,
  clientGet,
  clientList,
  clientSearch,
  clientLint,
  clientsLint,
  clientUpdate,
  clientPatch,
  clientDelete,
  registrationCreate,
  registrationGet,
  registrationUpdate,
  registrationDelete,
  registrationList,
  lockFlag,
  secretRefresh,
  secretUpdate,
  rotatedSecretDelete,
  requestableScopesGet,
  requestableScopesUpdate,
  requestableScopesUpdatePost,
  requestableScopesDelete,
  authorizationsList,
  authorizationsListPost,
  authorizationsListBySubject,
  authorizationsUpdate,
  authorizationDelete,
  authorizationDeletePost,
  authorizationDeleteBySubject,
  grantedScopesGet,
  grantedScopesGetPost,
  grantedScopesGetBySubject,
  grantedScopesDelete,
  grantedScopesDeletePost,
  grantedScopesDeleteBySubject,
  auditOfService,
  auditOfAll,
  auditTypeList,
  offerCreate,
  offerInformation,
  notification,
  credentialList,
  statusGet,
  statusUpdate,
  joseVerify,
  healthcheck,
  echo,
]
