/** `postern testclock`: the time of a test service. */
import type { Command } from 'commander'
import type { Json } from '../../remote/call.ts'
import type { Connection } from '../../remote/contexts.ts'
import { connect, type Options, show, withOutput, withService } from './options.ts'

export function addTestClockCommands(program: Command): void {
  const clock = program
    .command('testclock')
    .description('the time of a test service, which moves forward only')
  withOutput(withService(clock.command('show')))
    .description('print the time of the service')
    .action((options: Options) => tell(options, (asked, service) => asked.clockOf(service)))
  withOutput(withService(clock.command('advance')))
    .description('move the time of the service forward')
    .argument('<duration>', 'such as 90s, 15m, 12h, 1d or 2w')
    .action((duration: string, options: Options) =>
      tell(options, (asked, service) =>
        asked.move(service, { advanceSeconds: asked.secondsOf(duration) }),
      ),
    )
  withOutput(withService(clock.command('set')))
    .description('set the time of the service to a later one')
    .argument('<time>', 'such as 2031-05-01 or 2031-05-01T12:00:00Z')
    .action((time: string, options: Options) =>
      tell(options, (asked, service) => asked.move(service, { setTo: asked.millisecondsOf(time) })),
    )
}

async function callsOf(connection: Connection) {
  const { clockOf, millisecondsOf, moveClock, secondsOf } = await import(
    '../../remote/test-clock.ts'
  )
  return {
    secondsOf,
    millisecondsOf,
    clockOf: (service: string) => clockOf(connection, service),
    move: (service: string, body: object) => moveClock(connection, service, body),
  }
}

/** Prints the time after the call. */
async function tell(
  options: Options,
  call: (asked: Awaited<ReturnType<typeof callsOf>>, service: string) => Promise<Json>,
): Promise<void> {
  const { serviceId } = await import('../../remote/documents.ts')
  const { usualFormat } = await import('../../remote/output.ts')
  const connection = await connect(options)
  const service = await serviceId(connection)
  const state = await call(await callsOf(connection), service)
  const isTable = (options.output ?? usualFormat()) === 'table'
  const shown = { ...state, now: new Date(state.now).toISOString(), ahead: aheadText(state.ahead) }
  await show(isTable ? [shown] : state, options, { columns: ['now', 'ahead'], id: 'now' })
}

/** Such as `1 d 2 h`. */
function aheadText(ahead: number): string {
  const seconds = Math.floor(ahead / 1_000)
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`)
  return shown.join(' ') || '0 s'
}
