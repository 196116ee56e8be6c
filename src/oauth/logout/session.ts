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
    fix: 'Let the user log in again, create a session, and pass its `sessionId`.',
    settings: ['service.ext.session.idle_seconds', 'service.ext.session.max_seconds'],
  },
  otherSubject: {
    code: 'P089002',
    error: 'login_required',
    spec: 'OIDC Core §3.1.2.6',
    message: 'The session is of another subject.',
    fix: 'Pass the `sessionId` of a session that belongs to the `subject` of the call.',
    settings: ['service.ext.session.registry'],
  },
  unknown: {
    code: 'P089003',
    error: 'login_required',
    spec: 'OIDC Core §3.1.2.6',
    message: 'The session is unknown: it must be created first.',
    fix: 'Create the session by `/session/create`, and pass the `sessionId` of its response.',
    settings: ['service.ext.session.registry'],
  },
  endedAtToken: {
    code: 'P089005',
    error: 'invalid_grant',
    spec: 'RFC 6749 §5.2',
    message: 'The session of the refresh token has ended, and the token is bound to it.',
    fix: 'Ask the user to log in and to authorize again, or let refresh tokens be independent of sessions.',
    settings: ['service.ext.session.refresh', 'client.ext.session.refresh'],
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
