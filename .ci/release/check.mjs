#!/usr/bin/env node
/**
 * Checks that the repository is ready for the release of a version: check.mjs [tag]. The same
 * version stands everywhere, and the pages for users say what changes.
 */
import { readFileSync } from 'node:fs'

const read = (file) => readFileSync(file, 'utf8')
const json = (file) => JSON.parse(read(file))
const found = (file, pattern) => pattern.exec(read(file))?.[1]

const { version, private: isPrivate } = json('package.json')
const client = json('client/package.json')
const places = {
  'client/package.json': client.version,
  'package-lock.json': json('package-lock.json').version,
  'package-lock.json (packages)': json('package-lock.json').packages[''].version,
  'openapi/openapi.json': json('openapi/openapi.json').info.version,
  'src/http/health.ts': found('src/http/health.ts', /version = '([^']+)'/),
  'deploy/Dockerfile': found('deploy/Dockerfile', /^ARG VERSION=(.+)$/m),
  'deploy/helm/postern/Chart.yaml (version)': found(
    'deploy/helm/postern/Chart.yaml',
    /^version: (.+)$/m,
  ),
  'deploy/helm/postern/Chart.yaml (appVersion)': found(
    'deploy/helm/postern/Chart.yaml',
    /^appVersion: (.+)$/m,
  ),
}
const [tag = `v${version}`] = process.argv.slice(2)
const problems = Object.entries(places)
  .filter(([, other]) => other !== version)
  .map(([place, other]) => `${place} has the version ${other}, and package.json ${version}.`)
const must = (isGiven, problem) => {
  if (!isGiven) problems.push(problem)
}

const number = version.replaceAll('.', '\\.')
const unreleased = /^## Unreleased\n(.*?)(?=^## |$(?![\s\S]))/ms.exec(read('CHANGELOG.md'))?.[1]
must(tag === `v${version}`, `The tag ${tag} is not v${version}.`)
must(/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version), `${version} is no version of SemVer.`)
must(!isPrivate, 'package.json is private, so that npm does not publish it.')
must(!client.private, 'client/package.json is private, so that npm does not publish it.')
must(
  new RegExp(`^## ${number} - \\d{4}-\\d{2}-\\d{2}$`, 'm').test(read('CHANGELOG.md')),
  `CHANGELOG.md has no section "## ${version} - <date>".`,
)
must(
  !unreleased?.trim(),
  'CHANGELOG.md has changes under Unreleased: move them to the section of the version.',
)
must(
  new RegExp(`^### ${number}$`, 'm').test(read('UPGRADE.md')),
  `UPGRADE.md has no section "### ${version}".`,
)
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log(`Version ${version} can be released.`)
