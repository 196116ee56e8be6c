import { ApiError, call } from '../../app/api.ts'

interface Changed {
  action: string
  resultCode?: string
  resultMessage?: string
}

/** These operations answer a refusal with HTTP 200 and an action. */
const done = ['OK', 'CREATED']

export async function changeKeys(
  serviceId: string,
  operation: 'generate' | 'import' | 'rotate',
  body: object,
): Promise<void> {
  const path = `/api/${serviceId}/service/keys/${operation}`
  const answer = await call<Changed>('POST', path, { body })
  if (!done.includes(answer.body.action)) throw new ApiError(400, answer.body)
}
