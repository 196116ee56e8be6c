/** What the workflow of a release calls: the scripts of `.ci/release`, in a copy of the repository. */
import { spawnSync } from 'node:child_process'
import {
  accessSync,
  appendFileSync,
  chmodSync,
  constants,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Json } from '../support/server.ts'

const root = mkdtempSync(join(tmpdir(), 'postern-release-'))
const copy = join(root, 'copy')
const stage = join(root, 'stage')
const programs = join(root, 'bin')
const version: string = JSON.parse(readFileSync('package.json', 'utf8')).version

const inCopy = (file: string) => join(copy, file)
const edit = (file: string, change: (text: string) => string) =>
  writeFileSync(inCopy(file), change(readFileSync(inCopy(file), 'utf8')))

function run(script: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(`.ci/release/${script}`, args, {
    ...{ cwd: copy, encoding: 'utf8' },
    env: {
      ...process.env,
      // Tests run from the compiled code: packing must not build it again.
      npm_config_ignore_scripts: 'true',
      PATH: [programs, process.env['PATH']].join(delimiter),
    },
  })
  return { status, output: `${stdout}${stderr}` }
}

/** A program that only writes down how it is called, and the digest of the image that it makes. */
function standIn(name: string): void {
  const file = join(programs, name)
  const digest = `{ "containerimage.digest": "sha256:abc" }`
  const metadata = `case "$1" in --metadata-file) echo '${digest}' >"$2" ;; esac`
  writeFileSync(
    file,
    `#!/bin/sh\necho "${name} $*" >>"${root}/calls"\nwhile [ $# -gt 1 ]; do ${metadata}; shift; done\n`,
  )
  chmodSync(file, 0o755)
}
const calls = () => readFileSync(join(root, 'calls'), 'utf8').replaceAll(copy, '').split('\n')

beforeAll(() => {
  for (const folder of [copy, programs]) mkdirSync(folder)
  const parts = [
    '.ci',
    'client',
    'deploy',
    'dist',
    'drizzle',
    'openapi',
    'schema',
    'src/http/health.ts',
  ]
  const files = ['package.json', 'package-lock.json', 'LICENSE']
  for (const part of [...parts, ...files, 'README.md', 'CHANGELOG.md', 'UPGRADE.md']) {
    cpSync(part, inCopy(part), { recursive: true })
  }
  for (const file of ['package.json', 'client/package.json']) {
    edit(file, (text) => text.replace('  "private": true,\n', ''))
  }
  edit('CHANGELOG.md', (text) =>
    text.replace('## Unreleased\n', `## Unreleased\n\n## ${version} - 2026-01-31\n`),
  )
  writeFileSync(join(root, 'calls'), '')
  for (const name of ['docker', 'cosign', 'gh']) standIn(name)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('check of a release', () => {
  it('passes if every place has the version of the tag', () => {
    expect(run('check.mjs', `v${version}`)).toEqual({
      status: 0,
      output: `Version ${version} can be released.\n`,
    })
  })

  it.each([
    ['package-lock.json', (text: string) => text.replaceAll(version, '9.9.9')],
    ['openapi/openapi.json', (text: string) => text.replace(`"${version}"`, '"9.9.9"')],
    ['client/package.json', (text: string) => text.replace(`"${version}"`, '"9.9.9"')],
    ['src/http/health.ts', (text: string) => text.replace(version, '9.9.9')],
    ['deploy/Dockerfile', (text: string) => text.replace(version, '9.9.9')],
    ['deploy/helm/postern/Chart.yaml', (text: string) => text.replaceAll(version, '9.9.9')],
    ['UPGRADE.md', (text: string) => text.replace(`### ${version}`, '### 9.9.9')],
    ['CHANGELOG.md', (text: string) => text.replace(`## ${version} - `, '## 9.9.9 - ')],
    [
      'CHANGELOG.md',
      (text: string) => text.replace('## Unreleased\n', '## Unreleased\n\n- New.\n'),
    ],
    ['package.json', (text: string) => text.replace('{', '{ "private": true,')],
  ])('fails if %s does not fit', (file, change) => {
    const before = readFileSync(inCopy(file), 'utf8')
    edit(file, change)
    const { status, output } = run('check.mjs', `v${version}`)
    writeFileSync(inCopy(file), before)
    expect(output).toContain(file)
    expect(status).toBe(1)
  })

  it('fails for the tag of another version', () => {
    expect(run('check.mjs', 'v9.9.9').output).toContain(`The tag v9.9.9 is not v${version}.`)
  })
})

describe('files of a release', () => {
  it('are the package, its dependencies, notes and checksums, and are verified', () => {
    expect(run('build.sh', stage)).toEqual({ status: 0, output: '' })
    const names = [`postern-${version}.cdx.json`, `postern-${version}.tgz`]
    const client = `postern-client-${version}.tgz`
    expect(new Set(readdirSync(stage))).toEqual(
      new Set(['SHA256SUMS', 'notes.md', client, ...names]),
    )
    expect(readFileSync(join(stage, 'notes.md'), 'utf8')).toMatch(/^### Added\n/)
    const verified = run('verify.mjs', stage)
    expect(verified.output).toMatch(/^4 files of postern .*, \d\d+ dependencies: verified\.\n$/)
    expect(verified.status).toBe(0)
  })

  it('are the same if they are built again', () => {
    const again = join(root, 'again')
    run('build.sh', again)
    const tarball = `postern-${version}.tgz`
    const [one, another] = [stage, again].map((folder) => readFileSync(join(folder, tarball)))
    expect(another?.equals(one ?? Buffer.alloc(0))).toBe(true)
  })

  it.each([
    ['a changed package', 'tgz', (file: string) => appendFileSync(file, 'x'), 'checksum'],
    ['a changed list', 'cdx.json', (file: string) => appendFileSync(file, ' '), 'checksum'],
    ['a file more', 'sh', (file: string) => writeFileSync(file, 'x'), 'checksum'],
  ])('are refused with %s', (_, end, change, problem) => {
    const broken = join(root, end)
    cpSync(stage, broken, { recursive: true })
    change(join(broken, `postern-${version}.${end}`))
    const { status, output } = run('verify.mjs', broken)
    expect(output).toContain(problem)
    expect(status).toBe(1)
  })

  it('are refused with a list that lacks a dependency', () => {
    edit('package-lock.json', (text) => text.replace('"node_modules/pino"', '"node_modules/pinot"'))
    const { status, output } = run('verify.mjs', stage)
    edit('package-lock.json', (text) => text.replace('"node_modules/pinot"', '"node_modules/pino"'))
    expect(output).toContain('lacks pinot@')
    expect(status).toBe(1)
  })

  it('are announced with signatures, after they were verified again', () => {
    expect(run('announce.sh', stage).status).toBe(0)
    expect(calls().join('\n')).toMatch(/cosign sign-blob --yes .*tgz\n.*gh release create v/s)
  })
})

describe('image of a release', () => {
  it('is pushed with its contents and origin, and signed by its digest', () => {
    const { status, output } = run('image.sh', 'registry.example/postern')
    expect(output).toBe('registry.example/postern@sha256:abc\n')
    expect(status).toBe(0)
    const [built = ''] = calls().filter((call) => call.startsWith('docker'))
    for (const option of ['--sbom=true', '--provenance=mode=max', '--push', 'linux/arm64']) {
      expect(built).toContain(option)
    }
    expect(calls()).toContain('cosign sign --yes registry.example/postern@sha256:abc')
  })
})

describe('workflow of a release', () => {
  const workflow = parse(readFileSync('.github/workflows/release.yaml', 'utf8')) as Json
  const jobs: Json[] = Object.values(workflow.jobs)
  const steps: Json[] = jobs.flatMap((job) => job.steps)

  it('calls nothing but scripts of this repository, and each of them', () => {
    const commands: string[] = steps.flatMap(({ run: command }) => (command ? [command] : []))
    const called = commands.map((command) => {
      const [script = ''] = command.split(' ')
      expect(script).toMatch(/^\.ci\//)
      expect(command).not.toMatch(/[;&|]/)
      accessSync(script, constants.X_OK)
      return script
    })
    const scripts = readdirSync('.ci/release').map((name) => `.ci/release/${name}`)
    // These are called by build.sh.
    expect(scripts.filter((script) => !called.includes(script))).toEqual([
      '.ci/release/dependencies.mjs',
      '.ci/release/notes.mjs',
    ])
    expect(called.indexOf('.ci/release/check.mjs')).toBeLessThan(
      called.indexOf('.ci/release/publish.sh'),
    )
  })

  it('may write only what it publishes, and has no secrets', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
    for (const { permissions } of jobs) expect(permissions['id-token']).toBe('write')
    expect(JSON.stringify(workflow)).not.toContain('secrets.')
  })
})
