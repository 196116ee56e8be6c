import { useMutation } from '@tanstack/react-query'
import { call } from '../../app/api.ts'
import { refresh } from '../../app/queries.ts'
import { messages } from '../../messages/events.ts'
import { Badge } from '../../parts/Badge.tsx'
import { Button } from '../../parts/Button.tsx'
import { Row, Section } from '../../parts/Page.tsx'
import { Empty, Problem } from '../../parts/Problem.tsx'
import { type Column, Table } from '../../parts/Table.tsx'
import { toast } from '../../parts/Toast.tsx'
import type { Endpoint } from './events.ts'

interface EndpointsProps {
  /** Of the API, for events of the service. */
  path: string
  endpoints: readonly Endpoint[]
  onRetry: (endpointId: number) => void
}

export function Endpoints({ path, endpoints, onRetry }: EndpointsProps) {
  const change = useMutation({
    mutationFn: async ({ endpointId, url, types, description, disabled }: Endpoint) => {
      const body = { endpointId, url, types, description, disabled }
      await call('POST', `${path}/endpoint/update`, { body })
      return disabled
    },
    onSuccess: async (disabled) => {
      toast(disabled ? messages.changed.off : messages.changed.on)
      await refresh(path)
    },
  })
  return (
    <Section title={messages.endpoints}>
      {change.error && <Problem error={change.error} />}
      {endpoints.length === 0 ? (
        <Empty title={messages.noEndpoint}>
          <p>{messages.noEndpointMore}</p>
        </Empty>
      ) : (
        <Table
          label={messages.endpoints}
          rows={endpoints}
          columns={columnsFor((endpoint) => change.mutate(endpoint), onRetry)}
          idOf={({ endpointId }) => String(endpointId)}
        />
      )}
    </Section>
  )
}

const columnsFor = (
  onChange: (changed: Endpoint) => void,
  onRetry: (endpointId: number) => void,
): Column<Endpoint>[] => [
  {
    id: 'url',
    header: messages.url,
    isName: true,
    cell: ({ url }) => <code>{url}</code>,
  },
  {
    id: 'types',
    header: messages.types,
    cell: ({ types }) => (types ? <code>{types.join(' ')}</code> : messages.allTypes),
  },
  {
    id: 'about',
    header: messages.about,
    cell: ({ description }) => <span translate="no">{description}</span>,
  },
  {
    id: 'state',
    header: messages.state,
    cell: ({ disabled, dropped }) => (
      <Row>
        <Badge tone={disabled ? 'bad' : 'good'}>
          {disabled ? messages.states.off : messages.states.on}
        </Badge>
        {dropped > 0 && <Badge tone="bad">{messages.dropped(dropped)}</Badge>}
      </Row>
    ),
  },
  {
    id: 'actions',
    header: messages.change,
    isHeaderHidden: true,
    align: 'end',
    cell: (endpoint) => (
      <Row>
        {!endpoint.disabled && (
          <Button
            size="small"
            aria-label={messages.retryParkedOf(endpoint.url)}
            onPress={() => onRetry(endpoint.endpointId)}
          >
            {messages.retryParked}
          </Button>
        )}
        <Button
          size="small"
          aria-label={(endpoint.disabled ? messages.enableOne : messages.disableOne)(endpoint.url)}
          onPress={() => onChange({ ...endpoint, disabled: !endpoint.disabled })}
        >
          {endpoint.disabled ? messages.enable : messages.disable}
        </Button>
      </Row>
    ),
  },
]
