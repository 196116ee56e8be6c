/** The Helm chart: its values and schema always, what it renders where helm is installed. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { readConfig } from '../../src/process/config.ts'
import type { Json } from '../support/server.ts'

const chart = 'deploy/helm/postern'
const read = (name: string) => readFileSync(join(chart, name), 'utf8')
const values = parse(read('values.yaml')) as Json
const schema = JSON.parse(read('values.schema.json')) as Json

const helm = process.env['POSTERN_HELM'] ?? 'helm'
const hasHelm = spawnSync(helm, ['version']).status === 0
if (!hasHelm) console.warn('SKIPPED: what the chart renders, for helm is not installed.')

describe('values of the chart', () => {
  const valid = z.fromJSONSchema(schema)
  const withChange = (change: (given: Json) => void) => {
    const given = structuredClone(values)
    change(given)
    return valid.safeParse(given).success
  }

  it('fit their schema, and each has a place in it', () => {
    expect(valid.safeParse(values).success).toBe(true)
    const missing = (given: Json, described: Json, path: string): string[] =>
      Object.entries(given).flatMap(([name, value]) => {
        const property = described.properties?.[name]
        if (!property) return [`${path}.${name}`]
        const isOpen = property.properties === undefined
        return isOpen ? [] : missing(value, property, `${path}.${name}`)
      })
    expect(missing(values, schema, '')).toEqual([])
  })

  it('are refused if they are misspelt or out of range', () => {
    expect(withChange((given) => delete given.persistence)).toBe(true)
    expect(
      [
        (given: Json) => Object.assign(given, { replicas: 3 }),
        (given: Json) => Object.assign(given.config, { logLevel: 'loud' }),
        (given: Json) => Object.assign(given.config, { drainSeconds: 601 }),
        (given: Json) => Object.assign(given.image, { digest: 'latest' }),
        (given: Json) => Object.assign(given.metrics, { port: 0 }),
      ].filter(withChange),
    ).toEqual([])
  })

  it('set what Postern accepts', () => {
    const { logLevel, drainSeconds, maxInFlight, auditDays, auditLog } = values.config
    const config = readConfig({
      POSTERN_LOG_LEVEL: logLevel,
      POSTERN_DRAIN_SECONDS: String(drainSeconds),
      POSTERN_MAX_IN_FLIGHT: String(maxInFlight),
      POSTERN_AUDIT_DAYS: String(auditDays),
      POSTERN_AUDIT_LOG: String(auditLog),
      POSTERN_METRICS_PORT: String(values.metrics.port),
    })
    expect(config).toMatchObject({ logLevel, drainSeconds, maxInFlight, auditDays, auditLog })
  })
})

describe('files of the chart', () => {
  it('have the alerts of deploy/prometheus, and the version of the package', () => {
    expect(read('alerts.yaml')).toBe(readFileSync('deploy/prometheus/alerts.yaml', 'utf8'))
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as Json
    expect(parse(read('Chart.yaml'))).toMatchObject({ version, appVersion: version })
  })

  it('use values that exist', () => {
    const texts = readdirSync(join(chart, 'templates')).map((name) => read(`templates/${name}`))
    const used = texts.flatMap((text) => [...text.matchAll(/\.Values((?:\.\w+)+)/g)])
    expect(used.length).toBeGreaterThan(30)
    for (const [, path = ''] of used) {
      const names = path.split('.').slice(1)
      const found = names.reduce((value, name) => value?.[name], values)
      expect([path, found === undefined]).toEqual([path, false])
    }
  })
})

const template = ['template', 'as', chart, '--kube-version', '1.31.0']

function rendered(...sets: string[]): Json[] {
  const { status, stdout, stderr } = spawnSync(
    helm,
    [...template, ...sets.flatMap((set) => ['--set', set])],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(stderr)
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as Json)
    .filter(Boolean)
}

const kinds = (documents: Json[]) => documents.map(({ kind }) => kind).sort()
const ofKind = (documents: Json[], kind: string) => documents.find((each) => each.kind === kind)
const podOf = (documents: Json[]) => ofKind(documents, 'Deployment').spec.template.spec
const variablesOf = (documents: Json[]): Record<string, string> =>
  Object.fromEntries(
    podOf(documents).containers[0].env.map(({ name, value }: Json) => [name, value]),
  )

describe.runIf(hasHelm)('rendered chart', () => {
  const secret = 'existingSecret=postern'

  it('runs with a secret of the operator, drains, and has no other rights', () => {
    const documents = rendered(secret, 'config.drainSeconds=30')
    expect(kinds(documents)).toEqual([
      'Deployment',
      'PodDisruptionBudget',
      'Service',
      'ServiceAccount',
    ])
    const pod = podOf(documents)
    expect(pod).toMatchObject({
      enableServiceLinks: false,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 45,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    })
    const [{ securityContext, ...container }] = pod.containers
    expect(securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(container.readinessProbe.httpGet.path).toBe('/health/ready')
    expect(container.livenessProbe.httpGet.path).toBe('/health/live')
    expect(pod.topologySpreadConstraints).toHaveLength(2)
    const files = Object.entries(variablesOf(documents)).filter(([name]) => name.endsWith('_FILE'))
    expect(files).toEqual([
      ['POSTERN_DATABASE_URL_FILE', '/secrets/database-url'],
      ['POSTERN_MASTER_KEY_FILE', '/secrets/master-key'],
      ['POSTERN_ADMIN_TOKEN_FILE', '/secrets/admin-token'],
    ])
  })

  it('sets variables that Postern accepts', () => {
    const documents = rendered(secret, 'config.outboundAllow={10.0.0.0/8,127.0.0.1}')
    const variables = Object.entries(variablesOf(documents)).filter(
      ([name]) => !name.endsWith('_FILE'),
    )
    const config = readConfig(Object.fromEntries(variables))
    expect(config).toMatchObject({ host: '0.0.0.0', metricsPort: 9678 })
    expect(config.outboundAllow).toEqual(['10.0.0.0/8', '127.0.0.1'])
    const { probing, draining } = {
      probing: podOf(documents).containers[0].readinessProbe,
      draining: config.drainSeconds,
    }
    expect(draining).toBeGreaterThan(probing.periodSeconds * probing.failureThreshold)
  })

  it('has one pod with a volume that is kept, without a secret', () => {
    const documents = rendered('replicaCount=1')
    expect(kinds(documents)).toContain('PersistentVolumeClaim')
    const claim = ofKind(documents, 'PersistentVolumeClaim')
    expect(claim.metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' })
    expect(ofKind(documents, 'Deployment').spec.strategy).toEqual({ type: 'Recreate' })
    expect(() => rendered('replicaCount=2')).toThrow('existingSecret is required')
  })

  it('has further objects if they are turned on', () => {
    const documents = rendered(
      secret,
      'autoscaling.enabled=true',
      'networkPolicy.enabled=true',
      'networkPolicy.apiFrom[0].podSelector.matchLabels.app=frontend',
      'metrics.serviceMonitor.enabled=true',
      'metrics.serviceMonitor.labels.release=prometheus',
      'metrics.prometheusRule.enabled=true',
    )
    expect(ofKind(documents, 'Deployment').spec.replicas).toBeUndefined()
    expect(ofKind(documents, 'HorizontalPodAutoscaler').spec.maxReplicas).toBe(6)
    expect(ofKind(documents, 'ServiceMonitor').metadata.labels).toMatchObject({
      release: 'prometheus',
    })
    const alerts = parse(read('alerts.yaml')) as Json
    expect(ofKind(documents, 'PrometheusRule').spec).toEqual(alerts)
    const ingress = ofKind(documents, 'NetworkPolicy').spec.ingress
    expect(ingress).toEqual([
      { from: [{ podSelector: { matchLabels: { app: 'frontend' } } }], ports: [{ port: 'api' }] },
    ])
    expect(
      ofKind(rendered(secret, 'networkPolicy.enabled=true'), 'NetworkPolicy').spec.ingress,
    ).toEqual([])
  })

  it('passes helm lint', () => {
    const lint = spawnSync(helm, [
      'lint',
      '--strict',
      chart,
      '--kube-version',
      '1.31.0',
      '--set',
      secret,
    ])
    expect(lint.status).toBe(0)
  })
})
