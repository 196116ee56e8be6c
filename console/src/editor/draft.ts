/** A document that is being edited: what was read, and what it becomes. */
import { useCallback, useEffect, useReducer } from 'react'
import { differences, type Json } from './document.ts'

export interface Opened {
  /** The properties that can be set. */
  document: Json
  etag: string | undefined
}

interface State {
  base: Opened
  draft: Json
  /** Counts replacements from outside of the fields, which are made again then. */
  version: number
}

type Action =
  | { do: 'set'; name: string; value: unknown }
  | { do: 'replace'; draft: Json; base?: Opened }

function reduce(state: State, action: Action): State {
  if (action.do === 'set') {
    const draft = { ...state.draft, [action.name]: action.value }
    if (action.value === undefined) delete draft[action.name]
    return { ...state, draft }
  }
  const { base = state.base, draft } = action
  return { base, draft, version: state.version + 1 }
}

/** Drafts of pages that were left by the buttons of the browser. Nothing is stored. */
const left = new Map<string, State>()

export function useDraft(path: string, opened: Opened) {
  const [state, dispatch] = useReducer(reduce, undefined, () => {
    const kept = left.get(path)
    return kept ?? { base: opened, draft: opened.document, version: 0 }
  })
  const { base, draft } = state
  const changes = differences(base.document, draft)
  const isDirty = changes.length > 0
  useEffect(() => {
    if (isDirty) left.set(path, state)
    else left.delete(path)
  }, [path, state, isDirty])
  const set = useCallback(
    (name: string, value: unknown) => dispatch({ do: 'set', name, value }),
    [],
  )
  const replace = useCallback(
    (next: Json, newBase?: Opened) =>
      dispatch({ do: 'replace', draft: next, ...(newBase ? { base: newBase } : {}) }),
    [],
  )
  return { ...state, changes, isDirty, set, replace }
}

export type Draft = ReturnType<typeof useDraft>

export const isKept = (path: string): boolean => left.has(path)
export const forget = (path: string): void => void left.delete(path)
