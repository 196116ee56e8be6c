import { Component, type ReactNode } from 'react'
import { messages } from '../messages/app.ts'
import { Button } from '../parts/Button.tsx'
import { Notice } from '../parts/Problem.tsx'

interface State {
  failed: boolean
}

/** Shows that a page failed, in place of nothing. The browser's own log has the error. */
export class Boundary extends Component<{ children: ReactNode }, State> {
  override state: State = { failed: false }

  static getDerivedStateFromError(): State {
    return { failed: true }
  }

  override render() {
    if (!this.state.failed) return this.props.children
    return (
      <Notice tone="bad" title={messages.crashed} isAlert>
        <p>{messages.crashedMore}</p>
        <Button size="small" onPress={() => location.reload()}>
          {messages.reload}
        </Button>
      </Notice>
    )
  }
}
