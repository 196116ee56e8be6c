import { useMutation } from '@tanstack/react-query'
import { refresh } from '../../app/queries.ts'
import { useMay } from '../../app/session.ts'
import { messages } from '../../messages/audit.ts'
import { number } from '../../messages/messages.ts'
import { Button } from '../../parts/Button.tsx'
import { Dialog } from '../../parts/Dialog.tsx'
import { Diff } from '../../parts/Diff.tsx'
import { Row, Section } from '../../parts/Page.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { Time } from '../../parts/Time.tsx'
import { toast } from '../../parts/Toast.tsx'
import { Pairs } from '../explorer/Pairs.tsx'
import { type AuditRecord, actorOf, revert, revisionsOf, targetOf } from './records.ts'

interface RecordProps {
  record: AuditRecord
  serviceId: string
  onClose: () => void
}

/** A record with its changes, which can be taken back. */
export function RecordDialog({ record, serviceId, onClose }: RecordProps) {
  const { at, type, operation, onBehalfOf, requestId, reason, occurrences, changes } = record
  const revisions = revisionsOf(serviceId, record)
  const right = type === 'service.updated' ? 'modify_service' : 'modify_client'
  const may = useMay(right)
  const reverting = useMutation({
    mutationFn: () => revert(revisions ?? '', record),
    onSuccess: async () => {
      toast(messages.reverted)
      await refresh(`/api/${serviceId}/`)
      onClose()
    },
  })
  const values: [string, string | undefined][] = [
    [messages.actor, `${record.actor.kind}: ${actorOf(record)}`],
    [messages.onBehalfOf, onBehalfOf],
    [messages.target, targetOf(record)],
    [messages.reason, reason],
    [messages.operation, operation],
    [messages.requestId, requestId],
    [messages.occurrences, occurrences > 1 ? number(occurrences) : undefined],
  ]
  const pairs = values
    .filter(([, value]) => value)
    .map(([name, value]) => [name, <code key={name}>{value}</code>, name] as const)
  return (
    <Dialog title={messages.details} isOpen onClose={onClose} width="wide">
      <p>
        <code>{type}</code> · <Time at={at} isLong />
      </p>
      <Pairs pairs={pairs} />
      <Section title={messages.changes}>
        {changes.length > 0 ? <Diff changes={changes} /> : <p>{messages.noChanges}</p>}
      </Section>
      {revisions && may && changes.length > 0 && <p>{messages.revertMore}</p>}
      {reverting.error && <Problem error={reverting.error} />}
      <Row>
        {revisions && may && changes.length > 0 && (
          <Button
            variant="danger"
            onPress={() => reverting.mutate()}
            isPending={reverting.isPending}
          >
            {messages.revert}
          </Button>
        )}
        <Button onPress={onClose}>{messages.close}</Button>
      </Row>
    </Dialog>
  )
}
