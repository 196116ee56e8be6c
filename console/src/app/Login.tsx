import { type FormEvent, useEffect, useRef, useState } from 'react'
import { messages as all } from '../messages/app.ts'
import { Button } from '../parts/Button.tsx'
import { Notice } from '../parts/Problem.tsx'
import { TextField } from '../parts/TextField.tsx'
import { ApiError, call } from './api.ts'
import styles from './Login.module.css'
import { Mark } from './Mark.tsx'
import { logIn, selfPath } from './session.ts'

const messages = all.login

interface LoginProps {
  /** There was a session, which is over. */
  isOver: boolean
  /** Why the code of a link was refused. */
  linkError: unknown
  onEnter: () => Promise<void>
}

export function Login({ isOver, linkError, onEnter }: LoginProps) {
  const [token, setToken] = useState('')
  const [error, setError] = useState<unknown>(linkError)
  const [isPending, setPending] = useState(false)
  const [isKept, setKept] = useState(true)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    document.title = `${messages.title} · ${all.product}`
    form.current?.querySelector('input')?.focus()
  }, [])

  async function enter(): Promise<void> {
    setPending(true)
    setError(undefined)
    try {
      await logIn({ token: token.trim() })
      await call('GET', selfPath).catch(() => setKept(false))
      setToken('')
      await onEnter()
    } catch (problem) {
      setError(problem)
    } finally {
      setPending(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (token.trim() && !isPending) void enter()
  }

  return (
    <main className={styles['screen']}>
      <form ref={form} className={styles['card']} onSubmit={submit}>
        <Mark />
        <div>
          <h1>{messages.title}</h1>
          <p className={styles['intro']}>{messages.intro}</p>
        </div>
        {isOver && <Notice title={messages.ended} isAlert />}
        {error !== undefined && <Refusal error={error} />}
        {!isKept && (
          <Notice tone="bad" title={messages.notKept} isAlert>
            <p>{messages.notKeptMore}</p>
          </Notice>
        )}
        <TextField
          label={messages.token}
          description={messages.tokenMore}
          type="password"
          autoComplete="off"
          mono
          value={token}
          onChange={setToken}
        />
        <Button variant="primary" type="submit" isPending={isPending}>
          {isPending ? messages.checking : messages.submit}
        </Button>
      </form>
    </main>
  )
}

function Refusal({ error }: { error: unknown }) {
  const isKnown = error instanceof ApiError && error.status !== 0
  return (
    <Notice tone="bad" title={isKnown ? messages.wrong : all.unreachable} isAlert>
      <p translate="no">{isKnown ? error.resultMessage : all.unreachableMore}</p>
    </Notice>
  )
}
