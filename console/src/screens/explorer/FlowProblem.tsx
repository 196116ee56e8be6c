import { messages } from '../../messages/flow.ts'
import { Notice, Problem } from '../../parts/Problem.tsx'
import { FlowEnd } from './flow-calls.ts'
import { Refusing } from './Refusing.tsx'

interface FlowProblemProps {
  error: unknown
  serviceId: string
  onApplied: () => void
}

/** Why the flow did not go on: the explanation, or the error of a call. */
export function FlowProblem({ error, serviceId, onApplied }: FlowProblemProps) {
  if (!(error instanceof FlowEnd)) return <Problem error={error} />
  const { resultMessage, action, explanation } = error.answer
  const refusedBy = explanation?.refusedBy
  return (
    <>
      <Notice tone="bad" title={messages.notIssued} isAlert>
        <p translate="no">{resultMessage?.replace(/^\[\w+\] /, '') ?? action}</p>
      </Notice>
      {refusedBy && <Refusing by={refusedBy} serviceId={serviceId} onApplied={onApplied} />}
    </>
  )
}
