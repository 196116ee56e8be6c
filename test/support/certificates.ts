/** Self-signed client certificates of tests, made by the machine's OpenSSL. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate in PEM for a subject such as `/CN=client`. */
export function selfSigned(subject: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-certificate-'))
  const file = (name: string) => join(folder, name)
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const places = ['-keyout', file('key.pem'), '-out', file('certificate.pem')]
  const request = ['req', '-x509', ...key, '-days', '3650', '-subj', subject, ...places]
  execFileSync('openssl', request, { stdio: 'pipe' })
  const pem = readFileSync(file('certificate.pem'), 'utf8')
  rmSync(folder, { recursive: true, force: true })
  return pem
}
