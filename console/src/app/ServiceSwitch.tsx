import { useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Link } from 'wouter'
import { messages } from '../messages/app.ts'
import { Dialog } from '../parts/Dialog.tsx'
import { Icon } from '../parts/Icon.tsx'
import { Loading } from '../parts/Page.tsx'
import { Problem } from '../parts/Problem.tsx'
import { SearchField } from '../parts/SearchField.tsx'
import { withQuery } from './api.ts'
import { useGet } from './queries.ts'
import styles from './Shell.module.css'
import { useMay } from './session.ts'

interface Found {
  services: { apiKey: number; serviceName?: string; issuer?: string }[]
}

interface ServiceSwitchProps {
  serviceId: string | undefined
  onSwitch: () => void
}

/** Shows the current service, and finds others. */
export function ServiceSwitch({ serviceId, onSwitch }: ServiceSwitchProps) {
  const may = useMay('view_service')
  const [isOpen, setOpen] = useState(false)
  const path = withQuery('/api/services', { query: serviceId, limit: 1 })
  const { data } = useGet<Found>(path, { enabled: may && serviceId !== undefined })
  if (!may) return null
  const service = data?.services.find(({ apiKey }) => String(apiKey) === serviceId)
  const name = service?.serviceName ?? serviceId
  const close = () => {
    setOpen(false)
    onSwitch()
  }
  return (
    <>
      <Button className={styles['switch'] ?? ''} onPress={() => setOpen(true)}>
        {name && <span className="visually-hidden">{messages.switchService}: </span>}
        <span className={styles['switchText']}>
          <span className={styles['switchName']} translate={name ? 'no' : 'yes'}>
            {name ?? messages.chooseService}
          </span>
          {service && <code className={styles['switchId']}>{serviceId}</code>}
        </span>
        <Icon name="chevron" />
      </Button>
      <Dialog title={messages.switchService} isOpen={isOpen} onClose={() => setOpen(false)}>
        <Finder onSwitch={close} />
      </Dialog>
    </>
  )
}

function Finder({ onSwitch }: { onSwitch: () => void }) {
  const [query, setQuery] = useState('')
  const path = withQuery('/api/services', { query: query.trim(), limit: 20 })
  const { data, error } = useGet<Found>(path, { keep: true })
  return (
    <>
      <SearchField label={messages.chooseService} value={query} onChange={setQuery} autoFocus />
      {error && <Problem error={error} />}
      {!data && !error && <Loading />}
      <ul className={styles['found']}>
        {data?.services.map(({ apiKey, serviceName, issuer }) => (
          <li key={apiKey}>
            <Link
              href={`/services/${apiKey}`}
              className={styles['foundLink'] ?? ''}
              onClick={onSwitch}
            >
              <span translate="no">{serviceName ?? apiKey}</span>
              <code className={styles['foundMore']}>{issuer ?? apiKey}</code>
            </Link>
          </li>
        ))}
      </ul>
      <Link href="/services" onClick={onSwitch}>
        {messages.allServices}
      </Link>
    </>
  )
}
