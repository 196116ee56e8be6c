import { useState } from 'react'
import { call, withQuery } from '../../app/api.ts'
import { useMay } from '../../app/session.ts'
import { messages as all } from '../../messages/client.ts'
import { Button } from '../../parts/Button.tsx'
import { CopyButton } from '../../parts/CodeBlock.tsx'
import { Dialog, FormDialog } from '../../parts/Dialog.tsx'
import { Facts, Row, Section } from '../../parts/Page.tsx'
import { Notice } from '../../parts/Problem.tsx'
import { Select } from '../../parts/Select.tsx'
import { Time } from '../../parts/Time.tsx'
import { toast } from '../../parts/Toast.tsx'
import type { ClientShown } from './Client.tsx'
import styles from './client.module.css'

const messages = all.secret

interface CredentialsProps {
  serviceId: string
  client: ClientShown
  onChanged: () => Promise<void>
}

const withSecret = /^CLIENT_SECRET_/

/** What identifies the client, and its secret, which is shown only when it is made. */
export function Credentials({ serviceId, client, onChanged }: CredentialsProps) {
  const isEditable = useMay('modify_client')
  const [dialog, setDialog] = useState<'rotate' | 'end'>()
  const [secret, setSecret] = useState<string>()
  const path = `/api/${serviceId}/client/secret`
  const { clientId, tokenAuthMethod = '' } = client
  const formerUntil = client['rotatedClientSecretExpiresAt'] as number | undefined
  const hasFormer = formerUntil !== undefined

  async function end(): Promise<void> {
    await call('DELETE', `${path}/rotated/delete/${clientId}`)
    await onChanged()
    toast(messages.ended)
  }
  return (
    <div className={styles['credentials']}>
      <ClientFacts client={client} />
      <Section title={messages.title} description={messages.description}>
        {!withSecret.test(tokenAuthMethod) && <Notice title={messages.none} />}
        {hasFormer && (
          <p>
            {messages.formerUntil} <Time at={formerUntil} isLong />.
          </p>
        )}
        {isEditable && (
          <Row>
            <Button onPress={() => setDialog('rotate')}>{messages.rotate}</Button>
            {hasFormer && <Button onPress={() => setDialog('end')}>{messages.end}</Button>}
          </Row>
        )}
      </Section>
      {dialog === 'rotate' && (
        <Rotation
          path={`${path}/refresh/${clientId}`}
          onClose={() => setDialog(undefined)}
          onMade={setSecret}
        />
      )}
      <FormDialog
        title={messages.endTitle}
        isOpen={dialog === 'end'}
        submit={messages.end}
        onSubmit={end}
        onClose={() => setDialog(undefined)}
      >
        <p>{messages.endMore}</p>
      </FormDialog>
      {secret !== undefined && (
        <NewSecret
          secret={secret}
          onClose={() => {
            setSecret(undefined)
            void onChanged()
          }}
        />
      )}
    </div>
  )
}

function ClientFacts({ client }: { client: ClientShown }) {
  const { facts } = all
  const at = (name: string) => client[name] as number | undefined
  const source = client['clientSource'] as string | undefined
  return (
    <Facts
      facts={[
        [facts.id, <code key="id">{client.clientId}</code>],
        [facts.created, <Time key="created" at={at('createdAt')} />],
        [facts.changed, <Time key="changed" at={at('modifiedAt')} />],
        [facts.used, <Time key="used" at={at('lastUsedAt')} />],
        [facts.source, source ? <code key="source">{source}</code> : facts.byCaller],
      ]}
    />
  )
}

const graces = Object.entries(messages.graces).map(([id, label]) => ({ id, label }))

interface RotationProps {
  path: string
  onClose: () => void
  onMade: (secret: string) => void
}

function Rotation({ path, onClose, onMade }: RotationProps) {
  const [grace, setGrace] = useState('86400')

  async function rotate(): Promise<void> {
    const query = withQuery(path, { graceSeconds: grace })
    const { body } = await call<{ newClientSecret: string }>('GET', query)
    onMade(body.newClientSecret)
  }
  return (
    <FormDialog
      title={messages.rotateTitle}
      isOpen
      submit={messages.rotate}
      onSubmit={rotate}
      onClose={onClose}
    >
      <Select
        label={messages.grace}
        description={messages.rotateMore}
        choices={graces}
        value={grace}
        onChange={setGrace}
      />
    </FormDialog>
  )
}

/** Closes by its button only, so that the secret is not lost by a key. */
const NewSecret = ({ secret, onClose }: { secret: string; onClose: () => void }) => (
  <Dialog title={messages.newTitle} isOpen isDismissable={false} onClose={onClose}>
    <p>{messages.newMore}</p>
    <fieldset className={styles['secret']}>
      <legend className="visually-hidden">{messages.newLabel}</legend>
      <code>{secret}</code>
      <CopyButton text={secret} label={messages.copy} />
    </fieldset>
    <Row>
      <Button variant="primary" onPress={onClose}>
        {messages.done}
      </Button>
    </Row>
  </Dialog>
)
