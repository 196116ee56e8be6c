/** What the engine does with the keys of a service at a time. */
import { z } from 'zod'
import { KeySetName } from '../service/hsk.ts'

export const KeySchedule = z.object({
  set: KeySetName,
  alg: z.string(),
  periodDays: z.int(),
  propagationSeconds: z.int().optional(),
  overlapSeconds: z.int().optional(),
  hsmName: z.string().optional(),
})
export type KeySchedule = z.output<typeof KeySchedule>

/** A rotation by schedule; without it, the private halves of retired keys are erased. */
export const KeyTask = KeySchedule.partial()
export type KeyTask = z.output<typeof KeyTask>

export const eraseTask = 'erase'
export const rotationTask = ({ set, alg }: Pick<KeySchedule, 'set' | 'alg'>) => `${set}/${alg}`

/** The schedule of a task; undefined for the other one. */
export function scheduleOf(task: KeyTask): KeySchedule | undefined {
  const { success, data } = KeySchedule.safeParse(task)
  return success ? data : undefined
}
