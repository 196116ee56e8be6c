import type { ReactNode } from 'react'
import { Button as AriaButton } from 'react-aria-components/Button'
import { Menu as AriaMenu, MenuItem, MenuTrigger } from 'react-aria-components/Menu'
import { Popover } from 'react-aria-components/Popover'
import { Text } from 'react-aria-components/Text'
import styles from './field.module.css'

export interface MenuAction {
  id: string
  label: string
  more?: string
  isDanger?: boolean
  isDisabled?: boolean
  onAction: () => void
}

interface MenuProps {
  /** The name of the button, where its content is no text. */
  label?: string
  trigger: ReactNode
  triggerClass: string
  actions: readonly MenuAction[]
}

export function Menu({ label, trigger, triggerClass, actions }: MenuProps) {
  return (
    <MenuTrigger>
      <AriaButton className={triggerClass} {...(label ? { 'aria-label': label } : {})}>
        {trigger}
      </AriaButton>
      <Popover className={styles['popover'] ?? ''} placement="bottom end">
        <AriaMenu className={styles['list'] ?? ''}>
          {actions.map(({ id, label: name, more, isDanger, isDisabled = false, onAction }) => (
            <MenuItem
              key={id}
              id={id}
              textValue={name}
              isDisabled={isDisabled}
              onAction={onAction}
              className={`${styles['option']} ${isDanger ? styles['danger'] : ''}`}
            >
              <Text slot="label">{name}</Text>
              {more && (
                <Text slot="description" className={styles['optionMore'] ?? ''}>
                  {more}
                </Text>
              )}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  )
}
