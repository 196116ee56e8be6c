/** Files with keys, as the command openssl writes them. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

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

/** An authority, an intermediate one, and the certificate of a key on P-256: `leaf.pem`. */
export function certifyLeaf({ openssl }: KeyFolder): void {
  const curve = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
  const isAuthority = '-addext basicConstraints=critical,CA:TRUE'
  openssl(`req -x509 ${curve} -subj /CN=root ${isAuthority} -keyout root.key -out root.pem`)
  const below = (name: string, by: string, more: string) =>
    openssl(
      `req -x509 ${curve} -subj /CN=${name} ${more} -CA ${by}.pem -CAkey ${by}.key ` +
        `-keyout ${name}.key -out ${name}.pem`,
    )
  below('middle', 'root', isAuthority)
  below('leaf', 'middle', '-addext basicConstraints=critical,CA:FALSE')
}

/** PEM of a block of any bytes. */
export const pemOf = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`
