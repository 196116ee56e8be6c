/** Generates the secrets of deploy/compose.postgres.yaml, once: secrets.mjs <folder> <user id>. */
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder = '', user = ''] = process.argv.slice(2)
const random = () => randomBytes(32).toString('hex')
const password = random()
const secrets = {
  'admin-token': random(),
  'database-password': password,
  'database-url': `postgres://postern:${password}@postgres:5432/postern`,
  'master-key': random(),
}
if (!existsSync(join(folder, 'master-key'))) {
  for (const [name, secret] of Object.entries(secrets)) {
    const file = join(folder, name)
    writeFileSync(file, `${secret}\n`, { mode: 0o400 })
    if (user) chownSync(file, Number(user), Number(user))
  }
}
