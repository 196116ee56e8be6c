import { Button } from 'react-aria-components/Button'
import { Input } from 'react-aria-components/Input'
import { Label } from 'react-aria-components/Label'
import { SearchField as AriaSearchField } from 'react-aria-components/SearchField'
import { messages } from '../messages/app.ts'
import styles from './field.module.css'
import { Icon } from './Icon.tsx'

interface SearchFieldProps {
  label: string
  placeholder?: string
  value: string
  onChange: (value: string) => void
  onSubmit?: (value: string) => void
  /** It has the focus when it appears: for dialogs. */
  autoFocus?: boolean
}

export function SearchField({ label, placeholder = '', ...rest }: SearchFieldProps) {
  return (
    <AriaSearchField {...rest} className={`${styles['field']} ${styles['search']}`}>
      <Label className="visually-hidden">{label}</Label>
      <div className={styles['group']}>
        <span className={styles['searchIcon']}>
          <Icon name="search" />
        </span>
        <Input className={styles['input'] ?? ''} placeholder={placeholder} />
        <Button className={styles['clear'] ?? ''} aria-label={messages.clear}>
          <Icon name="cross" />
        </Button>
      </div>
    </AriaSearchField>
  )
}
