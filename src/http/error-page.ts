/** What a frontend may show where no client can be told of an error, RFC 6749 §4.1.2.1. */
import { z } from 'zod'
import type { ServiceContext } from '../context.ts'
import type { Refusal } from '../refusal.ts'
import { refuseAs } from './refuse-as.ts'

export const ErrorPage = z
  .object({
    title: z.string().describe('A heading for the user, as plain text.'),
    code: z.string().describe('The OAuth error code.'),
    description: z.string().describe('What is wrong with the request, as plain text.'),
  })
  .meta({ id: 'error_page' })

/** The member of a response that tells a frontend to show an error by itself. */
export const errorPage = ErrorPage.optional().describe(
  'What the frontend shows if the action is BAD_REQUEST or INTERNAL_SERVER_ERROR.',
)

const titles = {
  BAD_REQUEST: 'This request cannot go on',
  INTERNAL_SERVER_ERROR: 'Something went wrong',
} as const

const refused = refuseAs({ server_error: 'INTERNAL_SERVER_ERROR', otherwise: 'BAD_REQUEST' })

/** A refusal that the browser cannot bring to a client, so that the frontend shows it. */
export const refuseWithPage = (refusal: Refusal, context: ServiceContext) => {
  const answer = refused(refusal, context)
  const { error: code, message: description } = refusal.rule
  return { ...answer, errorPage: { title: titles[answer.action], code, description } }
}
