/**
 * `npm run nodes`: installs the tarball by npx in an empty folder on each Node, as users do, runs
 * `postern dev`, and gets a token from it. SQLite is downloaded or compiled by its own script.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type NodeRelease, nodeRelease, nodeVersions } from '../support/nodes.ts'
import { pack } from '../support/package.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-nodes-'))
const tarball = pack(folder)
const cache = join(folder, 'npm')

/** Installs, starts and stops it. Rejects with what was printed. */
async function tryOn({ environment }: NodeRelease, empty: string) {
  // Npx would take an absolute path for a program.
  const words = [`../${basename(tarball)}`, 'dev', '--port', '0', '--frontend-port', '0']
  const child = spawn('npx', ['--yes', ...words], {
    cwd: empty,
    env: { ...process.env, ...environment, npm_config_cache: cache },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, which gets the signal as from a terminal.
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const closed = once(child, 'close')
  while (!output.includes('Ctrl-C stops it.') && child.exitCode === null) {
    await Promise.race([once(child.stdout, 'data'), closed])
  }
  const [, issuer = '', credentials = ''] = /^curl -s (\S+)\/token -u '(\S+)'/m.exec(output) ?? []
  if (!issuer) throw new Error(output)
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  const { token_type } = (await response.json()) as { token_type?: string }
  process.kill(-(child.pid ?? 0), 'SIGINT')
  await closed
  if (token_type !== 'Bearer' || !output.includes('Postern has stopped.')) throw new Error(output)
}

for (const version of nodeVersions) {
  const release = nodeRelease(version)
  if (typeof release === 'string') {
    process.stdout.write(`skipped: ${release}\n`)
    continue
  }
  const started = performance.now()
  const empty = mkdtempSync(join(folder, 'empty-'))
  try {
    await tryOn(release, empty)
    const seconds = Math.round((performance.now() - started) / 1_000)
    process.stdout.write(`Node ${version}: npx, dev and a token in ${seconds} s\n`)
  } catch (error) {
    process.stdout.write(`Node ${version} FAILED: ${error}\n`)
    process.exitCode = 1
  }
  // What npx has installed has the SQLite of this Node.
  for (const made of [empty, join(cache, '_npx')]) rmSync(made, { recursive: true, force: true })
}
rmSync(folder, { recursive: true, force: true })
