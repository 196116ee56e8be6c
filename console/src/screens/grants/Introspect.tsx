import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../app/api.ts'
import { messages } from '../../messages/inventory.ts'
import { Button } from '../../parts/Button.tsx'
import { CodeBlock } from '../../parts/CodeBlock.tsx'
import { Row } from '../../parts/Page.tsx'
import { Problem } from '../../parts/Problem.tsx'
import { TextField } from '../../parts/TextField.tsx'

/** What the server tells of a pasted token. */
export function Introspect({ serviceId }: { serviceId: string }) {
  const [token, setToken] = useState('')
  const { data, error, isPending, mutate } = useMutation({
    mutationFn: async () =>
      (
        await call('POST', `/api/${serviceId}/auth/introspection`, {
          body: { token: token.trim() },
        })
      ).body,
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (token.trim()) mutate()
      }}
    >
      <TextField
        label={messages.pasted}
        description={messages.pastedMore}
        rows={3}
        mono
        value={token}
        onChange={setToken}
      />
      <Row>
        <Button
          variant="primary"
          type="submit"
          isPending={isPending}
          isDisabled={token.trim() === ''}
        >
          {messages.introspect}
        </Button>
      </Row>
      {error && <Problem error={error} />}
      {data !== undefined && (
        <CodeBlock label={messages.response} code={JSON.stringify(data, undefined, 2)} />
      )}
    </form>
  )
}
