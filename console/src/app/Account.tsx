import { Radio, RadioGroup } from 'react-aria-components/RadioGroup'
import { messages } from '../messages/app.ts'
import { Icon } from '../parts/Icon.tsx'
import styles from './Shell.module.css'
import { logOut, useSelf } from './session.ts'
import { setTheme, type Theme, useTheme } from './theme.ts'

const icons = { light: 'sun', dark: 'moon', system: 'screen' } as const
const themes = ['light', 'dark', 'system'] as const

/** Who is logged in, the theme, and logout. */
export function Account() {
  const { label } = useSelf()
  const theme = useTheme()
  return (
    <section className={styles['account']} aria-label={messages.account}>
      <p className={styles['who']}>
        {messages.loggedInAs} <span translate="no">{label}</span>
      </p>
      <RadioGroup
        aria-label={messages.theme}
        orientation="horizontal"
        value={theme}
        onChange={(value) => setTheme(value as Theme)}
        className={styles['themes'] ?? ''}
      >
        {themes.map((each) => (
          <Radio key={each} value={each} className={styles['theme'] ?? ''}>
            <Icon name={icons[each]} />
            <span className="visually-hidden">{messages.themes[each]}</span>
          </Radio>
        ))}
      </RadioGroup>
      <button type="button" className={styles['logOut']} onClick={() => void logOut()}>
        <Icon name="out" />
        {messages.logOut}
      </button>
    </section>
  )
}
