/** `postern serve`: runs until a signal ends it. */
import { setTimeout as wait } from 'node:timers/promises'
import { readConfig } from '../process/config.ts'
import { start } from '../process/start.ts'

const signals = ['SIGINT', 'SIGTERM'] as const

const inBrowser = (link: string) =>
  `Or open the console, by a link that works once within ten minutes:\n  ${link}`

/** Resolves once Postern has stopped after a signal. */
export async function serve(): Promise<void> {
  const config = readConfig()
  // Installed before the start, so that a signal during the start stops Postern too. A second
  // signal, or Ctrl-C, skips the grace period, because an operator is waiting.
  let hurry = () => {}
  const hurried = new Promise<void>((done) => {
    hurry = done
  })
  const signalled = new Promise<void>((stop) => {
    let count = 0
    for (const signal of signals) {
      process.on(signal, () => {
        count += 1
        if (signal === 'SIGINT' || count > 1) hurry()
        stop()
      })
    }
  })
  const running = await start(config)
  process.stdout.write(`${running.notices.join('\n')}\n`)
  // Only for a person at a terminal: what services print is kept in logs.
  const link = process.stdout.isTTY ? running.consoleLink() : undefined
  if (link) process.stdout.write(`${inBrowser(link)}\n`)
  await signalled
  const graceMilliseconds = config.drainSeconds * 1_000
  await running.close(Promise.race([hurried, wait(graceMilliseconds, undefined, { ref: false })]))
  process.stdout.write('Postern has stopped.\n')
}
