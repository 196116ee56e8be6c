import type { ReactNode } from 'react'
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
} from 'react-aria-components/Button'
import styles from './Button.module.css'

interface ButtonProps
  extends Omit<AriaButtonProps, 'className' | 'style' | 'children' | 'isPending'> {
  variant?: 'primary' | 'secondary' | 'danger' | 'quiet'
  size?: 'normal' | 'small'
  /** While its work goes on. The form itself refuses a second submission. */
  isPending?: boolean
  children: ReactNode
}

export function Button(props: ButtonProps) {
  const { variant = 'secondary', size = 'normal', isPending = false, ...rest } = props
  const small = size === 'small' ? styles['small'] : ''
  const pending = isPending ? styles['pending'] : ''
  return (
    <AriaButton
      {...rest}
      className={`${styles['button']} ${styles[variant]} ${small} ${pending}`}
    />
  )
}
