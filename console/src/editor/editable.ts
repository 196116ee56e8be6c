import { createContext, useContext } from 'react'

/** Whether the settings can be changed: the right of the session. */
export const EditableContext = createContext(true)
export const useEditable = (): boolean => useContext(EditableContext)
