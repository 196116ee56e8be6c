/** What the list of devices says about a browser. */
import type { Context } from 'hono'
import { addressOf } from './limiter.ts'

// Chromium calls itself Safari, too, and others call themselves Chrome.
const browsers = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari']
const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'macOS' }
const systems = ['iPhone', 'iPad', 'Android', 'Windows', 'Mac OS X', 'Linux']

export function deviceOf(c: Context) {
  const userAgent = c.req.header('User-Agent')?.slice(0, 512) ?? ''
  const find = (among: string[]) => {
    const found = among.find((name) => userAgent.includes(name))
    return found && (names[found] ?? found)
  }
  const [browser = 'A browser', system] = [find(browsers), find(systems)]
  const name = system ? `${browser} on ${system}` : browser
  return { name, userAgent, ipAddress: addressOf(c) }
}
