/** The clock of a test service: its time, and moving it forward. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { clockState, moveClock } from '../../services/test-clock.ts'
import { expireOf } from '../../sessions/expire.ts'

const TestClock = z
  .object({
    now: z.int().describe('The time of the service, in milliseconds since the epoch.'),
    ahead: z.int().describe('How far it is ahead of real time, in milliseconds.'),
  })
  .meta({ id: 'test_clock' })

const latest = 8_640_000_000_000_000

const MoveRequest = z
  .object({
    advanceSeconds: z.int().optional().describe('By how many seconds the clock is moved forward.'),
    setTo: z
      .int()
      .min(0)
      .max(latest)
      .optional()
      .describe('The time that the clock is set to, in milliseconds since the epoch.'),
  })
  .refine(
    ({ advanceSeconds, setTo }) => (advanceSeconds === undefined) !== (setTo === undefined),
    'Expected either advanceSeconds or setTo.',
  )
  .meta({ id: 'test_clock_request' })

const about = {
  path: '/api/{serviceId}/testclock',
  tag: 'Service Management',
  response: TestClock,
} as const

export const testClockShow = defineEndpoint({
  ...about,
  operationId: 'test_clock_get_api',
  method: 'get',
  summary: 'Get the time of a test service',
  description:
    'For services with the attribute `ext.mode` = `test`, in processes that run with ' +
    '`POSTERN_TEST_SERVICES` = `true`.',
  right: 'view_service',
  handle: async (_request, context) => clockState(context),
})

export const testClockMove = defineEndpoint({
  ...about,
  operationId: 'test_clock_api',
  audits: 'service.clock_moved',
  method: 'post',
  summary: 'Move the clock of a test service',
  description:
    'Moves the time of the service forward, at most to 100 years ahead of real time: what it issued ' +
    'before expires. All processes see it with their next request, and a restart keeps it. Sessions ' +
    'that have expired by then are ended. Other services are not affected.',
  right: 'modify_service',
  body: MoveRequest,
  async handle({ body }, context) {
    const state = await moveClock(context, body)
    await expireOf(context, context.service.apiKey, state.now)
    return state
  },
})
