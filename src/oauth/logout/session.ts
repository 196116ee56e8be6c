/** Rules about sessions that Postern keeps. */

import type { Service } from '../../model/service/service.ts'
import { defineCallerRules, defineRules, refuseCaller } from '../../refusal.ts'
import { hasRegistry } from './session-settings.ts'

export const sessionRules = defineRules('Session', {
  ended: {
    code: 'P089001',
    error: 'login_required',
    spec: 'OIDC Core §3.1.2.6',
    message: 'The session has ended or has expired.',
  },
  otherSubject: {
    code: 'P089002',
    error: 'login_required',
    spec: 'OIDC Core §3.1.2.6',
    message: 'The session is of another subject.',
  },
  unknown: {
    code: 'P089003',
    error: 'login_required',
    spec: 'OIDC Core §3.1.2.6',
    message: 'The session is unknown: it must be created first.',
  },
  endedAtToken: {
    code: 'P089005',
    error: 'invalid_grant',
    spec: 'RFC 6749 §5.2',
    message: 'The session of the refresh token has ended, and the token is bound to it.',
  },
})

const callerRules = defineCallerRules('Session', {
  registryOff: {
    code: 'P089004',
    status: 400,
    message: 'The service keeps no sessions: set its attribute ext.session.registry to on.',
  },
})

export function requireRegistry(service: Service): void {
  if (!hasRegistry(service)) refuseCaller(callerRules.registryOff)
}
