/** The rules of schedules: how often keys are rotated. */
import type { KeySchedule } from '../../model/keys/schedule.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { useOf } from './new-key.ts'
import { timingOf } from './timing.ts'

const rules = defineRules('Schedules of keys', {
  tooShort: {
    code: 'P113011',
    error: 'invalid_request',
    spec: 'RFC 7517 §5',
    message:
      'The period must be longer than the time for which a key is published before it signs and after it is replaced.',
    fix: 'Choose a longer period, or shorten the time of propagation or overlap.',
    settings: ['service.ext.keys.propagation', 'service.ext.keys.overlap'],
  },
})

const dayMilliseconds = 86_400_000

/** A key must have retired when the next but one begins. */
export function requireLongEnough(service: Service, schedule: KeySchedule): void {
  const { set, alg, periodDays } = schedule
  const { propagation, overlap = 0 } = timingOf(service, { set, use: useOf(alg) }, schedule)
  if (propagation + overlap >= periodDays * dayMilliseconds) refuse(rules.tooShort)
}

/** Milliseconds until the next rotation: up to a tenth less than the period. */
export const untilNext = ({ periodDays }: KeySchedule, random: (limit: number) => number) =>
  periodDays * dayMilliseconds - random(periodDays * (dayMilliseconds / 10))
