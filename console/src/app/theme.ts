/** The theme: light, dark, or that of the system. The only thing that the browser stores. */
import { useSyncExternalStore } from 'react'

export type Theme = 'light' | 'dark' | 'system'

const key = 'postern-theme'
const isDark = matchMedia('(prefers-color-scheme: dark)')
const changes = new Set<() => void>()

const read = (): Theme => {
  const stored = localStorage.getItem(key)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

function apply(): void {
  const theme = read()
  const shown = theme === 'system' ? (isDark.matches ? 'dark' : 'light') : theme
  document.documentElement.dataset['theme'] = shown
}

export function setTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(key)
  else localStorage.setItem(key, theme)
  apply()
  for (const change of changes) change()
}

function subscribe(change: () => void): () => void {
  changes.add(change)
  return () => changes.delete(change)
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, read)

isDark.addEventListener('change', apply)
apply()
