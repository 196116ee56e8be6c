/** Checks that every response of every test has only declared actions and enumeration values. */
import { z } from 'zod'
import { endpoints } from '../../src/api/index.ts'

const declared = endpoints
  .filter(({ response }) => response)
  .map(({ method, path, response }) => ({
    method: method.toUpperCase(),
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
    response: response ?? z.never(),
  }))

/** Throws if a response has an action, or another enumeration value, that is not declared. */
export function requireDeclared(method: string, path: string, status: number, body: unknown): void {
  if (status !== 200) return
  const [pathname = ''] = path.split('?')
  const found = declared.find((each) => each.method === method && each.pattern.test(pathname))
  const { error } = found?.response.safeParse(body) ?? {}
  const unknown = error?.issues.filter(({ code }) => code === 'invalid_value') ?? []
  if (unknown.length === 0) return
  throw new Error(
    `${method} ${pathname} answers what it does not declare: ${z.prettifyError(error ?? new z.ZodError([]))}`,
  )
}
