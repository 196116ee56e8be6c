import type { ReactNode } from 'react'
import type { Part } from '../forms.ts'

/** What every control gets. */
export interface FieldProps {
  part: Part
  value: unknown
  onChange: (value: unknown) => void
  description: ReactNode
}
