/** New sessions, and changes of sessions, with the limits of the service. */
import type { ServiceContext } from '../context.ts'
import { sessionSettings } from '../oauth/logout/session-settings.ts'
import { defineCallerRules, refuseCaller } from '../refusal.ts'
import type { SessionChanges } from '../store/tables/sessions/sessions.ts'

const rules = defineCallerRules('Session create', {
  tooLong: {
    code: 'P090001',
    status: 400,
    message:
      'The durationSeconds exceeds the maximum of the service: ext.session.remember_max_seconds.',
  },
})

/** What a call says about a session. */
export interface GivenSession {
  /** Seconds since the epoch. */
  authTime?: number | undefined
  acr?: string | undefined
  amr?: string[] | undefined
  durationSeconds?: number | undefined
  /** 0 for no such limit. */
  idleSeconds?: number | undefined
  device?:
    | { name?: string | undefined; userAgent?: string | undefined; ipAddress?: string | undefined }
    | undefined
  properties?: { key: string; value?: string | undefined }[] | undefined
}

/** The limits of a session that begins now, in milliseconds. */
export function limitsOf({ service, now }: ServiceContext, given: GivenSession) {
  const settings = sessionSettings(service)
  const { durationSeconds = settings.maxSeconds, idleSeconds = settings.idleSeconds } = given
  requireDuration(given.durationSeconds, settings.rememberMaxSeconds)
  const endsAt = now + durationSeconds * 1_000
  return {
    idleMilliseconds: idleSeconds > 0 ? idleSeconds * 1_000 : undefined,
    endsAt,
    keptUntil: endsAt + settings.historySeconds * 1_000,
  }
}

/** The columns that a call changes. */
export function changesOf({ service, now }: ServiceContext, given: GivenSession): SessionChanges {
  const { rememberMaxSeconds, historySeconds } = sessionSettings(service)
  const { durationSeconds, idleSeconds, device } = given
  requireDuration(durationSeconds, rememberMaxSeconds)
  const endsAt = durationSeconds === undefined ? undefined : now + durationSeconds * 1_000
  const changes = {
    authTime: given.authTime,
    acr: given.acr,
    amr: given.amr,
    properties: given.properties,
    idleMilliseconds:
      idleSeconds === undefined ? undefined : idleSeconds > 0 ? idleSeconds * 1_000 : null,
    endsAt,
    keptUntil: endsAt === undefined ? undefined : endsAt + historySeconds * 1_000,
    ...(device === undefined ? {} : deviceColumns(device)),
  }
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
}

/** The name of a device is kept when its session ends, and the rest is not. */
export function deviceColumns(device: GivenSession['device'] = {}) {
  const { name, userAgent, ipAddress } = device
  const rest = {
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(ipAddress === undefined ? {} : { ipAddress }),
  }
  return { deviceName: name, device: rest }
}

function requireDuration(seconds: number | undefined, longest: number): void {
  if (seconds !== undefined && seconds > longest) refuseCaller(rules.tooLong)
}
