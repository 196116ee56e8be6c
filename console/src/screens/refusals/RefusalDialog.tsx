import { Link } from 'wouter'
import { number } from '../../messages/messages.ts'
import { messages } from '../../messages/refusals.ts'
import { Button } from '../../parts/Button.tsx'
import { Dialog } from '../../parts/Dialog.tsx'
import { Row, Section } from '../../parts/Page.tsx'
import { Time } from '../../parts/Time.tsx'
import { Pairs } from '../explorer/Pairs.tsx'
import { Refusing } from '../explorer/Refusing.tsx'
import { explorerOf, type RefusedCall } from './refusals.ts'

const hidden = (length: number) => messages.hidden(number(length))

interface RefusalProps {
  call: RefusedCall
  serviceId: string
  onClose: () => void
}

/** A refused call with its evidence and its parameters. */
export function RefusalDialog({ call, serviceId, onClose }: RefusalProps) {
  const { code, clientId, clientName, operation, requestId, at, parameters = {} } = call
  const explorer = explorerOf(serviceId, call)
  const name = clientName ?? clientId
  const pairs = [
    [messages.time, <Time key="at" at={at} isLong />, 'at'],
    [messages.operation, <code key="operation">{operation}</code>, 'operation'],
    [messages.requestId, <code key="id">{requestId}</code>, 'id'],
    [
      messages.client,
      name === undefined ? messages.unknown : <code key="c">{name}</code>,
      'client',
    ],
  ] as const
  const given = Object.entries(parameters).map(
    ([parameter, value]) =>
      [
        <code key="name">{parameter}</code>,
        typeof value === 'string' ? <code key="value">{value}</code> : hidden(value.length ?? 0),
        parameter,
      ] as const,
  )
  return (
    <Dialog title={messages.details} isOpen onClose={onClose} width="wide">
      <Pairs pairs={pairs} />
      <Refusing
        by={{ ...call, page: `/docs/codes/${code}` }}
        serviceId={serviceId}
        onApplied={onClose}
      />
      {given.length > 0 && (
        <Section title={messages.parameters} description={messages.parametersMore}>
          <Pairs pairs={given} />
        </Section>
      )}
      <Row>
        {explorer && <Link href={explorer}>{messages.reproduce}</Link>}
        <Button onPress={onClose}>{messages.close}</Button>
      </Row>
    </Dialog>
  )
}
