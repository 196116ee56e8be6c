import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../app/api.ts'
import { refresh } from '../../app/queries.ts'
import { useMay } from '../../app/session.ts'
import { messages } from '../../messages/explorer.ts'
import { Button } from '../../parts/Button.tsx'
import { FormDialog } from '../../parts/Dialog.tsx'
import { Diff } from '../../parts/Diff.tsx'
import { Loading, Row } from '../../parts/Page.tsx'
import { Notice, Problem } from '../../parts/Problem.tsx'
import { TextField } from '../../parts/TextField.tsx'
import { toast } from '../../parts/Toast.tsx'
import type { Change } from './dry-run.ts'

interface ApplyProps {
  change: Change
  serviceId: string
  onApplied: () => void
}

const texts = messages.change

/** The offered change of settings: as a difference, saved under the entity tag that was read. */
export function ApplyChange({ change, serviceId, onApplied }: ApplyProps) {
  const [isOpen, setOpen] = useState(false)
  const right = change.of === 'client' ? 'modify_client' : 'modify_service'
  const may = useMay(right)
  return (
    <div>
      {change.weakens && <Notice tone="warn" title={texts.weakens} />}
      <Row>
        <span>{texts.offer}</span>
        <Button
          variant={change.weakens ? 'secondary' : 'primary'}
          onPress={() => setOpen(true)}
          isDisabled={!may}
        >
          {texts.apply}
        </Button>
      </Row>
      {!may && <p>{texts.noRight(right)}</p>}
      {isOpen && (
        <ApplyDialog
          change={change}
          serviceId={serviceId}
          onApplied={onApplied}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  )
}

function ApplyDialog({
  change,
  serviceId,
  onApplied,
  onClose,
}: ApplyProps & { onClose: () => void }) {
  const { of, clientId, patch } = change
  const [reason, setReason] = useState('')
  const document = of === 'client' ? `client/get/${clientId}` : 'service/get'
  const read = `/api/${serviceId}/${document}?withoutSecrets=true`
  const write = `/api/${serviceId}/${of === 'client' ? `clients/${clientId}` : 'service'}`
  const { data, error } = useQuery({
    queryKey: [read, 'with its tag'],
    queryFn: () => call<Record<string, unknown>>('GET', read),
    staleTime: 0,
    gcTime: 0,
  })

  async function save(): Promise<void> {
    await call('PATCH', write, {
      body: patch,
      ifMatch: data?.etag,
      headers: {
        'Content-Type': 'application/merge-patch+json',
        ...(reason ? { 'Postern-Reason': reason } : {}),
      },
    })
    await refresh(`/api/${serviceId}/`)
    toast(texts.saved)
    onApplied()
  }
  const changes = Object.entries(patch).map(([property, after]) => ({
    property,
    before: data?.body[property],
    after,
  }))
  return (
    <FormDialog
      title={of === 'client' ? texts.titleClient : texts.titleService}
      isOpen
      onClose={onClose}
      width="wide"
      submit={texts.submit}
      onSubmit={save}
      isDisabled={!data}
    >
      {error ? <Problem error={error} /> : data ? <Diff changes={changes} /> : <Loading />}
      <TextField
        label={texts.reason}
        description={texts.reasonMore}
        value={reason}
        onChange={setReason}
      />
    </FormDialog>
  )
}
