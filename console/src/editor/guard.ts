/** Keeps people from leaving a page with unsaved changes by accident. */
import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'

/** Where a link leads to within the console, if it leaves this page in this window. */
function targetOf(event: MouseEvent): string | undefined {
  if (event.defaultPrevented || event.button !== 0) return undefined
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return undefined
  const link = (event.target as Element | null)?.closest?.('a[href]')
  if (!(link instanceof HTMLAnchorElement) || link.target === '_blank') return undefined
  const url = new URL(link.href)
  const isHere = url.pathname === location.pathname
  return url.origin !== location.origin || isHere ? undefined : url.pathname + url.search
}

export function useGuard(isDirty: boolean) {
  const [to, setTo] = useState<string>()
  const [, navigate] = useLocation()
  useEffect(() => {
    if (!isDirty) return undefined
    const onClick = (event: MouseEvent) => {
      const target = targetOf(event)
      if (target === undefined) return
      event.preventDefault()
      event.stopPropagation()
      setTo(target)
    }
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault()
    document.addEventListener('click', onClick, { capture: true })
    addEventListener('beforeunload', onUnload)
    return () => {
      document.removeEventListener('click', onClick, { capture: true })
      removeEventListener('beforeunload', onUnload)
    }
  }, [isDirty])
  return {
    isAsking: to !== undefined,
    stay: () => setTo(undefined),
    leave: () => {
      if (to !== undefined) navigate(`~${to}`)
    },
  }
}
