/** What a check has found. */
import type { Finding } from '../model/installation/examination.ts'

export type { Finding }

export const ok = (check: string, what: string): Finding => ({ check, level: 'ok', what })

export const skipped = (check: string, what: string): Finding => ({
  check,
  level: 'skipped',
  what,
})

type Trouble = Required<Pick<Finding, 'what' | 'why' | 'mend'>>

export const warning = (check: string, trouble: Trouble): Finding => ({
  check,
  level: 'warning',
  ...trouble,
})

export const error = (check: string, trouble: Trouble): Finding => ({
  check,
  level: 'error',
  ...trouble,
})

const one = (bytes: number, unit: number, name: string) => `${(bytes / unit).toFixed(1)} ${name}`

export const sizeText = (bytes: number): string =>
  bytes >= 1e9 ? one(bytes, 1e9, 'GB') : one(bytes, 1e6, 'MB')
