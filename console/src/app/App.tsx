import { QueryClientProvider } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { I18nProvider } from 'react-aria-components/I18nProvider'
import { Router } from 'wouter'
import { Loading } from '../parts/Page.tsx'
import { Problem } from '../parts/Problem.tsx'
import { Toasts } from '../parts/Toast.tsx'
import { ApiError, onSessionEnd } from './api.ts'
import { Boundary } from './Boundary.tsx'
import { Login } from './Login.tsx'
import { queries } from './queries.ts'
import { Shell } from './Shell.tsx'
import { logIn, SelfContext, takeLoginCode, useSelfQuery } from './session.ts'
import './theme.ts'

/** Taken once, before anything else reads the address. */
const code = takeLoginCode()

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <I18nProvider locale="en">
        <Router base="/console">
          <Boundary>
            <Entrance />
          </Boundary>
          <Toasts />
        </Router>
      </I18nProvider>
    </QueryClientProvider>
  )
}

type Entering = 'code' | 'done'

/** The login, or the console if there is a session. */
function Entrance() {
  const [entering, setEntering] = useState<Entering>(code ? 'code' : 'done')
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    if (!code) return
    logIn({ code }).then(
      () => setEntering('done'),
      (problem: unknown) => {
        setError(problem)
        setEntering('done')
      },
    )
  }, [])
  return entering === 'done' ? <Inside linkError={error} /> : <Loading />
}

function Inside({ linkError }: { linkError: unknown }) {
  const { data: self, error, refetch, isPending } = useSelfQuery()
  const [isOver, setOver] = useState(false)
  useEffect(() => onSessionEnd(() => setOver(true)), [])
  if (isPending) return <Loading />
  const isRefused = error instanceof ApiError && error.status === 401
  if (isRefused || (isOver && self)) {
    const enter = async () => {
      setOver(false)
      await refetch()
    }
    return <Login isOver={isOver && self !== undefined} linkError={linkError} onEnter={enter} />
  }
  if (!self) return <Problem error={error} onRetry={() => void refetch()} />
  return (
    <SelfContext value={self}>
      <Shell />
    </SelfContext>
  )
}
