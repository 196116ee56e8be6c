import { type ReactNode, useId } from 'react'
import styles from './controls.module.css'

interface GroupProps {
  name: string
  description: ReactNode
  children: ReactNode
}

/** Several fields of one setting. */
export function Group({ name, description, children }: GroupProps) {
  const id = useId()
  return (
    <fieldset className={styles['group']} aria-describedby={id}>
      <legend>{name}</legend>
      <p id={id} className={styles['description']}>
        {description}
      </p>
      {children}
    </fieldset>
  )
}
