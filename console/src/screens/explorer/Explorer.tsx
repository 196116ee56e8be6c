import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useParams, useSearch } from 'wouter'
import { messages } from '../../messages/explorer.ts'
import { Button } from '../../parts/Button.tsx'
import { Page, Row } from '../../parts/Page.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { Tabs } from '../../parts/Tabs.tsx'
import { TextField } from '../../parts/TextField.tsx'
import { parametersIn, useDryRun } from './dry-run.ts'
import styles from './explorer.module.css'
import { Flow } from './Flow.tsx'
import { MakeRequest } from './MakeRequest.tsx'
import { Result } from './Result.tsx'

export function Screen() {
  const { serviceId = '' } = useParams()
  const given = new URLSearchParams(useSearch()).get('http') ?? ''
  return <Explorer key={`${serviceId} ${given}`} serviceId={serviceId} given={given} />
}

interface ExplorerProps {
  serviceId: string
  given: string
}

function Explorer({ serviceId, given }: ExplorerProps) {
  const [text, setText] = useState(given)
  const [tab, setTab] = useState('paste')
  const [verifier, setVerifier] = useState<string>()
  /** The text of the result, which may differ from the text of the field. */
  const [shown, setShown] = useState('')
  const { mutate, data, error, isPending } = useDryRun(serviceId)
  const began = useRef(false)

  const run = (http: string) => {
    if (http.trim() === '') return
    setShown(http)
    mutate(http)
  }
  useEffect(() => {
    if (given && !began.current) mutate(given)
    if (given) setShown(given)
    began.current = true
  }, [given, mutate])

  const paste = (
    <Paste
      text={text}
      onChange={setText}
      onRun={() => run(text)}
      isPending={isPending}
      isAgain={Boolean(data)}
    />
  )
  const make = (
    <MakeRequest
      serviceId={serviceId}
      onMade={(url, made) => {
        setText(url)
        setVerifier(made)
        setTab('paste')
        run(url)
      }}
    />
  )
  const tabs = [
    { id: 'paste', label: messages.paste, content: paste },
    { id: 'make', label: messages.make, content: make },
  ]
  const isFlow = data?.operation === '/auth/authorization' && !data.explanation?.refusedBy
  return (
    <Page title={messages.title} description={messages.description}>
      <Tabs label={messages.ways} tabs={tabs} selected={tab} onSelect={setTab} />
      {error && <Problem error={error} onRetry={() => run(text)} />}
      {data && !error && (
        <Result key={shown} run={data} serviceId={serviceId} onApplied={() => run(shown)} />
      )}
      {isFlow && !isPending && (
        <Flow
          key={`flow ${shown}`}
          serviceId={serviceId}
          parameters={parametersIn(shown)}
          verifier={verifier}
        />
      )}
    </Page>
  )
}

interface PasteProps {
  text: string
  onChange: (text: string) => void
  onRun: () => void
  isPending: boolean
  isAgain: boolean
}

function Paste({ text, onChange, onRun, isPending, isAgain }: PasteProps) {
  const runOnEnter = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onRun()
  }
  return (
    <form
      className={styles['paste']}
      onSubmit={(event) => {
        event.preventDefault()
        onRun()
      }}
    >
      <TextField
        label={messages.request}
        description={`${messages.requestMore} ${messages.runHint}`}
        rows={6}
        mono
        value={text}
        onChange={onChange}
        onKeyDown={runOnEnter as never}
      />
      <Row>
        <Button
          variant="primary"
          type="submit"
          isPending={isPending}
          isDisabled={text.trim() === ''}
        >
          {isAgain ? messages.runAgain : messages.run}
        </Button>
      </Row>
    </form>
  )
}
