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
import { tokenImport } from './auth/token/import.ts'
import { tokenIssue } from './auth/token/issue.ts'
import { tokenList } from './auth/token/list.ts'
import { tokenRevocations } from './auth/token/revocations.ts'
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
import { deviceAuthorization } from './device/authorization.ts'
import { deviceComplete } from './device/complete.ts'
import { deviceVerification } from './device/verification.ts'
import { explainRequest } from './explain.ts'
import { federationConfiguration } from './federation/configuration.ts'
import { federationHistoricalKeys } from './federation/historical-keys.ts'
import { federationJwks } from './federation/jwks.ts'
import { federationRegistration } from './federation/registration.ts'
import { federationResolve } from './federation/resolve.ts'
import { grantManagement } from './gm.ts'
import { idTokenReissue } from './idtoken/reissue.ts'
import { joseVerify } from './jose/verify.ts'
import { healthcheck } from './lifecycle/healthcheck.ts'
import { logoutDeliveryList } from './logout/delivery/list.ts'
import { logoutDeliveryRetry } from './logout/delivery/retry.ts'
import { logoutFail } from './logout/fail.ts'
import { logoutIssue } from './logout/issue.ts'
import { logout } from './logout.ts'
import { managementEndpoints } from './management.ts'
import { echo } from './misc/echo.ts'
import { nativeSsoLogout } from './nativesso/logout.ts'
import { nativeSso } from './nativesso/nativesso.ts'
import { notificationList } from './notifications.ts'
import { pushedAuthReq } from './pushed-auth-req.ts'
import { resourceMetadataDocument } from './resource/metadata.ts'
import { serverDoctor } from './server/doctor.ts'
import { serverHealth } from './server/health.ts'
import { configuration, configurationPost } from './service/configuration.ts'
import { jwks } from './service/jwks.ts'
import { sessionCreate } from './session/create.ts'
import { sessionDelete } from './session/delete.ts'
import { sessionGet } from './session/get.ts'
import { sessionIframePage } from './session/iframe.ts'
import { sessionList } from './session/list.ts'
import { sessionUpdate } from './session/update.ts'
import { ssfConfiguration } from './ssf/configuration.ts'
import { ssfEvent } from './ssf/event.ts'
import { ssfPoll } from './ssf/poll.ts'
import { ssfStatus } from './ssf/status.ts'
import { ssfStream } from './ssf/stream.ts'
import { ssfStreamDelete } from './ssf/streams/delete.ts'
import { ssfStreamList } from './ssf/streams/list.ts'
import { ssfStreamStatusUpdate } from './ssf/streams/status-update.ts'
import { ssfSubjectAdd } from './ssf/subjects/add.ts'
import { ssfSubjectRemove } from './ssf/subjects/remove.ts'
import { ssfVerification } from './ssf/verification.ts'
import { usageOfAll, usageOfService } from './usage/usage.ts'
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
  tokenImport,
  tokenRevocations,
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
  resourceMetadataDocument,
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
  ssfConfiguration,
  ssfStream,
  ssfStreamList,
  ssfStreamStatusUpdate,
  ssfStreamDelete,
  ssfStatus,
  ssfSubjectAdd,
  ssfSubjectRemove,
  ssfVerification,
  ssfPoll,
  ssfEvent,
  ...managementEndpoints,
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
  notificationList,
  serverDoctor,
  serverHealth,
  usageOfService,
  usageOfAll,
  echo,
  explainRequest(() => endpoints),
]
