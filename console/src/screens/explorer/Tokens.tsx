import { useMutation } from '@tanstack/react-query'
import { messages } from '../../messages/flow.ts'
import { Button } from '../../parts/Button.tsx'
import { CodeBlock } from '../../parts/CodeBlock.tsx'
import { Disclosure } from '../../parts/Disclosure.tsx'
import { Row, Section } from '../../parts/Page.tsx'
import { Notice } from '../../parts/Problem.tsx'
import { json } from './dry-run.ts'
import { FlowProblem } from './FlowProblem.tsx'
import { contentOf, introspect, userInfo } from './flow-calls.ts'

interface TokensProps {
  serviceId: string
  /** The token response. */
  response: Record<string, unknown>
}

/** The tokens of a flow: what is in them, and what the server tells of them. */
export function Tokens({ serviceId, response }: TokensProps) {
  const token = String(response['access_token'] ?? '')
  const introspection = useMutation({ mutationFn: () => introspect(serviceId, token) })
  const info = useMutation({ mutationFn: () => userInfo(serviceId, token) })
  const retry = () => undefined
  return (
    <Section title={messages.tokens} description={messages.tokensMore}>
      <Notice tone="good" title={messages.done} isAlert />
      <CodeBlock label={messages.tokens} code={json(response)} />
      {['id_token', 'access_token'].map((name) => (
        <Decoded key={name} name={name} token={response[name]} />
      ))}
      <Row>
        <Button onPress={() => introspection.mutate()} isPending={introspection.isPending}>
          {messages.introspect}
        </Button>
        <Button onPress={() => info.mutate()} isPending={info.isPending}>
          {messages.userInfo}
        </Button>
      </Row>
      {introspection.error && (
        <FlowProblem error={introspection.error} serviceId={serviceId} onApplied={retry} />
      )}
      {introspection.data !== undefined && (
        <Section title={messages.introspection}>
          <CodeBlock label={messages.introspection} code={json(introspection.data)} />
        </Section>
      )}
      {info.error && <FlowProblem error={info.error} serviceId={serviceId} onApplied={retry} />}
      {info.data !== undefined && (
        <Section title={messages.userInfoResponse}>
          <CodeBlock label={messages.userInfoResponse} code={json(info.data)} />
        </Section>
      )}
    </Section>
  )
}

function Decoded({ name, token }: { name: string; token: unknown }) {
  if (token === undefined) return null
  const content = contentOf(token)
  return (
    <Disclosure title={messages.decoded(name)} isOpen={content !== undefined}>
      {content ? (
        <CodeBlock label={messages.decoded(name)} code={json(content)} />
      ) : (
        <p>{messages.opaque}</p>
      )}
    </Disclosure>
  )
}
