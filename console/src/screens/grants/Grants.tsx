import { useState } from 'react'
import { useParams } from 'wouter'
import { messages } from '../../messages/inventory.ts'
import { Page, Toolbar } from '../../parts/Page.tsx'
import { Tabs } from '../../parts/Tabs.tsx'
import { TextField } from '../../parts/TextField.tsx'
import { Introspect } from './Introspect.tsx'
import type { Selection } from './inventory.ts'
import { Sessions } from './Sessions.tsx'
import { Tokens } from './Tokens.tsx'

export function Screen() {
  const { serviceId = '' } = useParams()
  const [selection, setSelection] = useState<Selection>({ subject: '', client: '', session: '' })
  const [tab, setTab] = useState('tokens')
  const key = JSON.stringify(selection)
  const tabs = [
    {
      id: 'tokens',
      label: messages.tokens,
      content: <Tokens key={key} serviceId={serviceId} selection={selection} />,
    },
    {
      id: 'sessions',
      label: messages.sessions,
      content: <Sessions key={key} serviceId={serviceId} selection={selection} />,
    },
    { id: 'introspect', label: messages.introspect, content: <Introspect serviceId={serviceId} /> },
  ]
  const field = (name: keyof Selection, more: string) => (
    <TextField
      label={messages[name]}
      placeholder={more}
      value={selection[name]}
      onChange={(value) => setSelection({ ...selection, [name]: value })}
    />
  )
  return (
    <Page title={messages.title} description={messages.description}>
      <Toolbar>
        {field('subject', '')}
        {field('client', messages.clientMore)}
        {field('session', messages.sessionMore)}
      </Toolbar>
      <Tabs label={messages.views} tabs={tabs} selected={tab} onSelect={setTab} />
    </Page>
  )
}
