/** Checked requests for a credential of UserInfo, sealed until the caller has the claims. */
import type { JWK } from 'jose'
import { z } from 'zod'
import { claimOnce } from '../clients/claim-once.ts'
import type { ServiceContext } from '../context.ts'
import { defineRules, refuse } from '../refusal.ts'
import type { Write } from '../store/engine.ts'

const rules = defineRules('UserInfo credential ticket', {
  unknown: {
    code: 'P132008',
    error: 'invalid_request',
    spec: 'UserInfo VC §6',
    message: 'The ticket is unknown or expired: call /userinfovc/parse.',
    fix: 'Pass the ticket of the latest `/userinfovc/parse` response before it expires.',
  },
  used: {
    code: 'P132009',
    error: 'invalid_request',
    spec: 'UserInfo VC §6',
    message: 'The ticket has been used before.',
    fix: 'Call `/userinfovc/parse` for each request, and use its ticket once.',
  },
})

const lifetimeMilliseconds = 600_000

const Ticket = z.object({
  subject: z.string(),
  key: z.record(z.string(), z.unknown()),
  expiresAt: z.number(),
})

const sealContext = (serviceId: number) => {
  const [table, column] = ['userinfo_credential_ticket', 'ticket']
  return { table, serviceId, row: '', column }
}

export function makeTicket({ service, sealer, now }: ServiceContext, subject: string, key: JWK) {
  const ticket = { subject, key, expiresAt: now + lifetimeMilliseconds }
  return sealer.seal(JSON.stringify(ticket), sealContext(service.apiKey))
}

/** What was checked, and the write that uses the ticket once. */
export function openTicket(
  context: ServiceContext,
  text: string,
): { subject: string; key: JWK; write: Write } {
  const { service, sealer, now } = context
  const { subject, key, expiresAt } = unsealed(() =>
    sealer.unseal(text, sealContext(service.apiKey)),
  )
  if (expiresAt <= now) refuse(rules.unknown)
  const kind = 'userinfo-credential-ticket'
  const write = claimOnce(context, { kind, value: text, expiresAt, rule: rules.used })
  return { subject, key: key as JWK, write }
}

function unsealed(unseal: () => string): z.output<typeof Ticket> {
  try {
    return Ticket.parse(JSON.parse(unseal()))
  } catch {
    return refuse(rules.unknown)
  }
}
