/** The compose files: what they name exists, and fits the programs that they start. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { configTable } from '../../src/process/config-table.ts'
import type { Json } from '../support/server.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-compose-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const names = readdirSync('deploy').filter((name) => /^compose.*\.yaml$/.test(name))
const files = names.map((name) => {
  const document = parse(readFileSync(join('deploy', name), 'utf8'), { merge: true }) as Json
  return { name, document, services: Object.entries<Json>(document.services) }
})
const dockerfile = readFileSync('deploy/Dockerfile', 'utf8')
const nginx = readFileSync('deploy/nginx.conf', 'utf8')

const isOurs = ({ image }: Json) => image === 'postern'
const mountsOf = ({ volumes = [] }: Json) =>
  volumes.map((volume: string) => {
    const [source = '', target = '', mode = 'rw'] = volume.split(':')
    return { source, target, mode }
  })
/** The script of this folder that a service runs; undefined: `postern serve`. */
const scriptOf = ({ command }: Json) => command && join('deploy', basename(command[0]))

describe.each(files)('$name', ({ document, services }) => {
  const all = Object.fromEntries(services)

  it('builds by a Dockerfile that exists, and mounts files and volumes that do', () => {
    const used = new Set<string>()
    for (const [, service] of services) {
      if (service.build) {
        expect(service.build).toEqual({ context: '..', dockerfile: 'deploy/Dockerfile' })
      }
      for (const { source, mode } of mountsOf(service)) {
        if (!source.startsWith('.')) used.add(source)
        else
          expect([source, mode, existsSync(join('deploy', source))]).toEqual([source, 'ro', true])
      }
    }
    expect([...used].sort()).toEqual(Object.keys(document.volumes).sort())
  })

  it('runs scripts that are mounted where the command has them', () => {
    for (const [name, service] of services.filter(([, each]) => each.command)) {
      const [path] = service.command
      const mounted = mountsOf(service).find(({ target }: Json) => target === path)
      expect([name, mounted?.source]).toEqual([name, `./${basename(path)}`])
    }
  })

  it('sets variables that the program reads', () => {
    const known = configTable.flatMap(({ name, isSecret }) =>
      isSecret ? [name, `${name}_FILE`] : [name],
    )
    for (const [name, service] of services.filter(([, each]) => isOurs(each))) {
      const script = scriptOf(service)
      const read = script ? readFileSync(script, 'utf8').match(/\b[A-Z]+_[A-Z_]+\b/g) : known
      const unknown = Object.keys(service.environment ?? {}).filter((each) => !read?.includes(each))
      expect([name, unknown]).toEqual([name, []])
    }
  })

  it('reads secrets from volumes, in files that are generated', () => {
    const generated = readFileSync('deploy/secrets.mjs', 'utf8')
    for (const [name, { environment = {}, ...service }] of services) {
      for (const path of Object.entries<string>(environment).flatMap(([variable, value]) =>
        variable.endsWith('_FILE') ? value : [],
      )) {
        const [, place = '', file = ''] = /^(\/\w+)\/(.+)$/.exec(path) ?? []
        const mounts = mountsOf(service).map(({ target }: Json) => target)
        expect([name, mounts.includes(place)]).toEqual([name, true])
        const isMade = place === '/data' ? file === 'admin.token' : generated.includes(`'${file}'`)
        expect([path, isMade]).toEqual([path, true])
      }
    }
  })

  it('waits for services that exist, and for the health of those that are probed', () => {
    for (const [name, { depends_on: needed = {} }] of services) {
      for (const [other, { condition }] of Object.entries<Json>(needed)) {
        const target = all[other]
        expect([name, other, Boolean(target)]).toEqual([name, other, true])
        if (condition !== 'service_healthy') continue
        // The image of Postern has a probe of its own.
        const isProbed = target.healthcheck ? !target.healthcheck.disable : isOurs(target)
        expect([name, other, isProbed]).toEqual([name, other, true])
      }
    }
    expect(dockerfile).toMatch(/^HEALTHCHECK /m)
  })

  it('gives a Postern longer to stop than it needs, and no rights or files to write', () => {
    for (const [name, service] of services.filter(([, each]) => isOurs(each))) {
      if (service.user === '0:0') continue
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] })
      if (service.command) continue
      const drain = Number(service.environment?.POSTERN_DRAIN_SECONDS ?? 3)
      const grace = Number.parseInt(service.stop_grace_period, 10)
      expect([name, grace > drain + 10]).toEqual([name, true])
    }
  })

  it('publishes ports on this machine only, where something listens', () => {
    const listening = [/^EXPOSE (\d+)$/m.exec(dockerfile)?.[1], '3000']
    for (const [name, service] of services) {
      for (const published of service.ports ?? []) {
        const [address, , inside] = published.split(':')
        expect(address).toBe('127.0.0.1')
        const own = name === 'nginx' ? nginx.match(/(?<=listen )\d+/g) : listening
        expect(own).toContain(inside)
      }
    }
  })
})

describe('nginx.conf', () => {
  it('names services of its compose file, and their ports', () => {
    const { services } = files.find(({ name }) => name === 'compose.postgres.yaml') ?? {}
    const known = (services ?? []).map(([name]) => name)
    const named = [...nginx.matchAll(/(?:server |http:\/\/)([\w-]+):(\d+)/g)]
    expect(named.map(([, name, port]) => `${name}:${port}`)).toEqual([
      'postern-1:7678',
      'postern-2:7678',
      'frontend:3000',
    ])
    for (const [, name] of named) expect(known).toContain(name)
  })
})

/** Programs that check these files themselves, where they are installed. */
const checks = [
  {
    name: 'nginx.conf',
    program: process.env['POSTERN_NGINX'] ?? 'nginx',
    asks: ['-v'],
    check: (program: string) => {
      const file = join(folder, 'nginx.conf')
      const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      const here = places.map((place) => `${place}_temp_path ${folder}/${place};`).join('')
      // Its names are those of a network that is not here.
      const text = nginx
        .replaceAll(/postern-[12]:/g, '127.0.0.1:')
        .replace('http {', `$& access_log off; ${here}`)
      writeFileSync(file, `pid ${folder}/pid; ${text}`)
      return spawnSync(program, ['-t', '-p', folder, '-e', 'stderr', '-c', file])
    },
  },
  ...names.map((name) => ({
    name,
    program: 'docker',
    asks: ['compose', 'version'],
    check: (program: string) =>
      spawnSync(program, ['compose', '-f', join('deploy', name), 'config', '--quiet']),
  })),
]

describe('files in deploy/', () => {
  it('set variables of Postern only that exist', () => {
    const texts = readdirSync('deploy', { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
    const known = configTable.flatMap(({ name, isSecret }) =>
      isSecret ? [name, `${name}_FILE`] : [name],
    )
    // The last one is the frontend's.
    const allowed = new Set([...known, 'POSTERN_URL'])
    const named = texts.flatMap((text) => text.match(/\bPOSTERN_[A-Z_]+\b/g) ?? [])
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => !allowed.has(name))).toEqual([])
  })

  for (const { program, asks, check } of checks) {
    const isThere = spawnSync(program, asks).status === 0
    if (!isThere)
      console.warn(`SKIPPED: the check by ${basename(program)}, which is not installed.`)
    it.runIf(isThere)(`are accepted by ${basename(program)}`, () => {
      const { status, stderr } = check(program)
      expect(String(status === 0 ? '' : stderr)).toBe('')
    })
  }
})
