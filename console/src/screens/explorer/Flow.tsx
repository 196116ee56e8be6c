import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { messages } from '../../messages/flow.ts'
import { Button } from '../../parts/Button.tsx'
import { CodeBlock } from '../../parts/CodeBlock.tsx'
import { Row, Section } from '../../parts/Page.tsx'
import { Notice } from '../../parts/Problem.tsx'
import { TextField } from '../../parts/TextField.tsx'
import styles from './explorer.module.css'
import { FlowProblem } from './FlowProblem.tsx'
import { type Authorized, authorize, exchange } from './flow-calls.ts'
import { Tokens } from './Tokens.tsx'

interface FlowProps {
  serviceId: string
  parameters: string
  /** The PKCE verifier, if the request was made here. */
  verifier: string | undefined
}

/** The rest of the flow of a request that would succeed: consent, code, tokens. */
export function Flow({ serviceId, parameters, verifier }: FlowProps) {
  const [subject, setSubject] = useState('')
  const authorizing = useMutation({
    mutationFn: () => authorize(serviceId, parameters, subject.trim()),
  })
  const { data, error, isPending, mutate } = authorizing
  return (
    <Section title={messages.title} description={messages.description}>
      <Notice tone="warn" title={messages.real}>
        <p>{messages.realMore}</p>
      </Notice>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault()
          if (subject.trim()) mutate()
        }}
      >
        <TextField
          label={messages.subject}
          description={messages.subjectMore}
          value={subject}
          onChange={setSubject}
          isRequired
        />
        <Row>
          <Button
            variant="primary"
            type="submit"
            isPending={isPending}
            isDisabled={subject.trim() === '' || data !== undefined}
          >
            {messages.start}
          </Button>
        </Row>
      </form>
      {error && <FlowProblem error={error} serviceId={serviceId} onApplied={() => mutate()} />}
      {data && (
        <>
          <Section title={messages.redirect} description={messages.redirectMore}>
            <CodeBlock label={messages.redirect} code={data.content} />
          </Section>
          {data.code && (
            <ExchangeCode
              serviceId={serviceId}
              authorized={data}
              code={data.code}
              verifier={verifier}
              hasChallenge={/(?:^|&)code_challenge=/.test(parameters)}
            />
          )}
        </>
      )}
    </Section>
  )
}

interface ExchangeProps {
  serviceId: string
  authorized: Authorized
  code: string
  verifier: string | undefined
  hasChallenge: boolean
}

function ExchangeCode({ serviceId, authorized, code, ...pkce }: ExchangeProps) {
  const { clientId, isConfidential, redirectUri } = authorized
  const [secret, setSecret] = useState('')
  const [verifier, setVerifier] = useState(pkce.verifier ?? '')
  const { data, error, isPending, mutate } = useMutation({
    mutationFn: () => exchange(serviceId, { code, redirectUri, verifier, clientId, secret }),
  })
  return (
    <Section title={messages.exchange}>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault()
          mutate()
        }}
      >
        {isConfidential && (
          <TextField
            label={messages.secret}
            description={messages.secretMore}
            type="password"
            autoComplete="off"
            value={secret}
            onChange={setSecret}
          />
        )}
        {pkce.hasChallenge && (
          <TextField
            label={messages.verifier}
            description={pkce.verifier ? messages.verifierKept : messages.verifierMore}
            value={verifier}
            onChange={setVerifier}
            mono
          />
        )}
        <Row>
          <Button
            variant="primary"
            type="submit"
            isPending={isPending}
            isDisabled={data !== undefined}
          >
            {messages.submitExchange}
          </Button>
        </Row>
      </form>
      {error && <FlowProblem error={error} serviceId={serviceId} onApplied={() => mutate()} />}
      {data && <Tokens serviceId={serviceId} response={data} />}
    </Section>
  )
}
