import { useState } from 'react'
import { call } from '../../app/api.ts'
import { refresh } from '../../app/queries.ts'
import { messages } from '../../messages/clients.ts'
import { Button } from '../../parts/Button.tsx'
import { FormDialog } from '../../parts/Dialog.tsx'
import { Row } from '../../parts/Page.tsx'
import { Progress } from '../../parts/Progress.tsx'
import { toast } from '../../parts/Toast.tsx'

interface BulkLockProps {
  serviceId: string
  selected: ReadonlySet<string>
  onDone: () => void
}

/** Locks or unlocks the selected clients, one after the other. */
export function BulkLock({ serviceId, selected, onDone }: BulkLockProps) {
  const [asked, setAsked] = useState<'lock' | 'unlock'>()
  const [done, setDone] = useState(0)
  const [isRunning, setRunning] = useState(false)
  if (selected.size === 0) return null
  const texts = asked === 'unlock' ? messages.confirmUnlock : messages.confirmLock

  async function change(clientLocked: boolean): Promise<void> {
    setRunning(true)
    setDone(0)
    let failed = 0
    for (const clientId of selected) {
      const path = `/api/${serviceId}/client/lock_flag/update/${clientId}`
      await call('POST', path, { body: { clientLocked } }).catch(() => {
        failed += 1
      })
      setDone((count) => count + 1)
    }
    await refresh(`/api/${serviceId}/clients`)
    setRunning(false)
    const changed = selected.size - failed
    if (changed > 0)
      toast(clientLocked ? messages.wasLocked(changed) : messages.wasUnlocked(changed))
    if (failed > 0) toast(messages.notAll(failed), 'bad')
    onDone()
  }

  return (
    <Row>
      <span>{messages.selected(selected.size)}</span>
      <Button size="small" variant="danger" onPress={() => setAsked('lock')}>
        {messages.lock}
      </Button>
      <Button size="small" onPress={() => setAsked('unlock')}>
        {messages.unlock}
      </Button>
      <FormDialog
        title={texts.title}
        submit={asked === 'unlock' ? messages.unlock : messages.lock}
        variant={asked === 'unlock' ? 'primary' : 'danger'}
        isOpen={asked !== undefined}
        isDismissable={!isRunning}
        onClose={() => setAsked(undefined)}
        onSubmit={() => change(asked === 'lock')}
      >
        <p>{texts.about}</p>
        {isRunning ? (
          <Progress label={messages.locking(done, selected.size)} value={done} of={selected.size} />
        ) : (
          <p>{messages.selected(selected.size)}</p>
        )}
      </FormDialog>
    </Row>
  )
}
