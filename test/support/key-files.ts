/** Files with keys, as the command openssl writes them. */
import { execFileSync } from 'node:child_process'
import { createHmac, hash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { authority, certificate } from './certificates.ts'
import { der, integer, objectId, octets, sequence } from './der.ts'

export interface KeyFolder {
  /** Runs openssl in the folder, with words between spaces as its arguments. */
  openssl(command: string): string
  /** The text of a file in the folder. */
  text(name: string): string
  base64(name: string): string
  write(name: string, text: string): void
  remove(): void
}

export function keyFolder(): KeyFolder {
  const folder = mkdtempSync(join(tmpdir(), 'postern-keys-'))
  return {
    openssl: (command) =>
      execFileSync('openssl', command.split(' ').filter(Boolean), {
        cwd: folder,
        stdio: 'pipe',
      }).toString(),
    text: (name) => readFileSync(join(folder, name), 'utf8'),
    base64: (name) => readFileSync(join(folder, name)).toString('base64'),
    write: (name, text) => writeFileSync(join(folder, name), text),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** An authority, an intermediate one, and a certificate, as `root.pem` and `root.key` and so on. */
export function certifyLeaf({ write }: KeyFolder): void {
  const root = authority('root')
  const middle = authority('middle', { issuer: root })
  const leaf = certificate({ subject: [['CN', 'leaf']], issuer: middle })
  for (const [name, { pem, privateKey }] of Object.entries({ root, middle, leaf })) {
    write(`${name}.pem`, pem)
    write(`${name}.key`, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  }
}

/** PEM of a block of any bytes. */
export const pemOf = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`

const count = (value: number) => {
  const bytes = Buffer.alloc(6)
  bytes.writeUIntBE(value, 0, 6)
  return der(0x02, bytes)
}

export const data = (content: Buffer) =>
  sequence(objectId('1.2.840.113549.1.7.1'), der(0xa0, octets(content)))
const sha256 = sequence(objectId('2.16.840.1.101.3.4.2.1'))

/** A PKCS #12 file of any content, with the integrity of the passphrase "p" (RFC 7292 §B.2). */
export function pkcs12File(
  content: Buffer,
  { iterations = 1, salt = Buffer.alloc(8) } = {},
): Buffer {
  const password = Buffer.from([0, 0x70, 0, 0])
  const filled = (bytes: Buffer) => Buffer.alloc(64, bytes)
  const first = Buffer.concat([Buffer.alloc(64, 3), filled(salt), filled(password)])
  const key = hash('sha256', first, 'buffer')
  const mac = createHmac('sha256', key).update(content).digest()
  const integrity = sequence(sequence(sha256, octets(mac)), octets(salt), count(iterations))
  return sequence(integer(3), data(content), integrity)
}
