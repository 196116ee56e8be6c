import type { ReactNode } from 'react'
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
} from 'react-aria-components/Button'
import styles from './Button.module.css'

interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style' | 'children'> {
  variant?: 'primary' | 'secondary' | 'danger' | 'quiet'
  size?: 'normal' | 'small'
  children: ReactNode
}

export function Button({ variant = 'secondary', size = 'normal', ...rest }: ButtonProps) {
  const small = size === 'small' ? styles['small'] : ''
  return <AriaButton {...rest} className={`${styles['button']} ${styles[variant]} ${small}`} />
}
