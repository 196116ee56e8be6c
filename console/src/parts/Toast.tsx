/** Short messages about what was done. They are read out, and stay for some seconds. */
import { useSyncExternalStore } from 'react'
import { messages } from '../messages/app.ts'
import { Icon } from './Icon.tsx'
import styles from './Toast.module.css'

interface Shown {
  id: number
  text: string
  tone: 'good' | 'bad'
}

const shownMilliseconds = 8_000
const mostShown = 4
let shown: readonly Shown[] = []
let count = 0
const changes = new Set<() => void>()

function set(next: readonly Shown[]): void {
  shown = next
  for (const change of changes) change()
}

const dismiss = (id: number) => set(shown.filter((each) => each.id !== id))

/** Tells what was done. */
export function toast(text: string, tone: Shown['tone'] = 'good'): void {
  count += 1
  const id = count
  set([...shown, { id, text, tone }].slice(-mostShown))
  setTimeout(() => dismiss(id), shownMilliseconds)
}

function subscribe(change: () => void): () => void {
  changes.add(change)
  return () => changes.delete(change)
}

export function Toasts() {
  const toasts = useSyncExternalStore(subscribe, () => shown)
  return (
    <section aria-label={messages.notifications} className={styles['region']}>
      <div role="status" aria-live="polite" className={styles['list']}>
        {toasts.map(({ id, text, tone }) => (
          <div key={id} className={`${styles['toast']} ${styles[tone]}`}>
            <Icon name={tone === 'good' ? 'good' : 'bad'} />
            <span>{text}</span>
            <button type="button" aria-label={messages.dismiss} onClick={() => dismiss(id)}>
              <Icon name="cross" />
            </button>
          </div>
        ))}
      </div>
    </section>
  )
}
