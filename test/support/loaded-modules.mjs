/**
 * Writes the names of the packages that a process loads to the file LOADED_PACKAGES, one a line.
 * Loaded by `--import` before the program.
 */
import { appendFileSync } from 'node:fs'
import { createRequire, register } from 'node:module'

const file = process.env.LOADED_PACKAGES
const source = `
import { appendFileSync } from 'node:fs'
export async function resolve(name, context, next) {
  const resolved = await next(name, context)
  const [, loaded] = resolved.url.match(/.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/) ?? []
  if (loaded) appendFileSync(${JSON.stringify(file)}, loaded + '\\n')
  return resolved
}`
register(`data:text/javascript,${encodeURIComponent(source)}`)

// What packages require from each other, the hook does not see.
process.on('exit', () => {
  for (const path of Object.keys(createRequire(import.meta.url).cache)) {
    const [, loaded] = path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/) ?? []
    if (loaded) appendFileSync(file, `${loaded}\n`)
  }
})
