/** The operations that manage services, their keys, API tokens and clients. */
import type { Endpoint } from '../http/endpoint.ts'
import { configurationApply } from './apply.ts'
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
import { clientRevisionGet, clientRevisionList, clientRevisionRestore } from './client/revisions.ts'
import { rotatedSecretDelete, secretRefresh, secretUpdate } from './client/secret.ts'
import { clientUpdate } from './client/update.ts'
import { clientSearch } from './clients.ts'
import { eventDeliveryList } from './events/delivery/list.ts'
import { eventDeliveryRetry } from './events/delivery/retry.ts'
import { eventEndpointCreate } from './events/endpoint/create.ts'
import { eventEndpointDelete } from './events/endpoint/delete.ts'
import { eventEndpointGet } from './events/endpoint/get.ts'
import { eventEndpointList } from './events/endpoint/list.ts'
import { eventEndpointRotate } from './events/endpoint/rotate.ts'
import { eventEndpointUpdate } from './events/endpoint/update.ts'
import { hskCreate } from './hsk/create.ts'
import { hskDelete, hskDeleteByGet } from './hsk/delete.ts'
import { hskGet } from './hsk/get.ts'
import { hskList } from './hsk/list.ts'
import { keysConvert } from './keys/convert.ts'
import {
  organizationTokenCreate,
  organizationTokenList,
  organizationTokenRevoke,
  organizationTokenRotate,
  organizationTokenUpdate,
} from './organizationtoken.ts'
import { configurationPlan, configurationStanding } from './plan.ts'
import { refusalList } from './refusals.ts'
import { self } from './self.ts'
import { organizationServiceCreate, serviceCreate } from './service/create.ts'
import { organizationServiceDelete, serviceDelete } from './service/delete.ts'
import { serviceGet } from './service/get.ts'
import { keysClients } from './service/keys/clients.ts'
import { serviceKeysCsr } from './service/keys/csr.ts'
import { keysGenerate } from './service/keys/generate.ts'
import { keysImport } from './service/keys/import.ts'
import { keysList } from './service/keys/list.ts'
import { keysRotate } from './service/keys/rotate.ts'
import { keysSchedule } from './service/keys/schedule.ts'
import { serviceLint } from './service/lint.ts'
import { serviceList } from './service/list.ts'
import { servicePatch } from './service/patch.ts'
import {
  serviceRevisionGet,
  serviceRevisionList,
  serviceRevisionRestore,
} from './service/revisions.ts'
import { serviceUpdate } from './service/update.ts'
import { serviceSearch } from './services.ts'
import {
  serviceTokenCreate,
  serviceTokenList,
  serviceTokenRevoke,
  serviceTokenRotate,
  serviceTokenUpdate,
} from './servicetoken.ts'
import { testClockMove, testClockShow } from './testclock/clock.ts'

export const managementEndpoints: readonly Endpoint[] = [
  serviceCreate,
  serviceGet,
  serviceList,
  serviceSearch,
  serviceLint,
  serviceUpdate,
  servicePatch,
  serviceRevisionList,
  serviceRevisionGet,
  serviceRevisionRestore,
  serviceDelete,
  testClockShow,
  testClockMove,
  organizationServiceCreate,
  organizationServiceDelete,
  keysGenerate,
  keysRotate,
  keysImport,
  keysSchedule,
  keysClients,
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
  eventEndpointCreate,
  eventEndpointGet,
  eventEndpointList,
  eventEndpointUpdate,
  eventEndpointRotate,
  eventEndpointDelete,
  eventDeliveryList,
  eventDeliveryRetry,
  refusalList,
  configurationPlan,
  configurationStanding,
  configurationApply,
  clientCreate,
  clientGet,
  clientList,
  clientSearch,
  clientLint,
  clientsLint,
  clientUpdate,
  clientPatch,
  clientRevisionList,
  clientRevisionGet,
  clientRevisionRestore,
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
]
