import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const run = promisify(execFile)

it('npm run demo -- --once completes every flow, reports it, and exits', async () => {
  const { stdout } = await run('node_modules/.bin/tsx', ['examples/demo.ts', '--once'])
  const actions = [...stdout.matchAll(/^ {4}(\S+) +(\S+)$/gm)].map(([, name, action]) => [
    name,
    action,
  ])
  expect(actions).toContainEqual(['auth/authorization', 'INTERACTION'])
  expect(actions).toContainEqual(['auth/authorization/issue', 'LOCATION'])
  expect(actions).toContainEqual(['auth/token', 'OK'])
  expect(actions).toContainEqual(['auth/userinfo/issue', 'JSON'])
  expect(stdout).toContain('The flow finished')
  expect(actions).toContainEqual(['backchannel/authentication', 'USER_IDENTIFICATION'])
  expect(actions).toContainEqual(['backchannel/authentication/complete', 'NO_ACTION'])
  expect(actions).toContainEqual(['backchannel/authentication/complete', 'NOTIFICATION'])
  expect(actions).toContainEqual(['device/verification', 'VALID'])
  expect(actions).toContainEqual(['device/complete', 'SUCCESS'])
  expect(stdout.match(/the ID Token is of alice/g)).toHaveLength(4)
  expect(actions).toContainEqual(['logout', 'LOCATION'])
  expect(stdout).toContain('the cake shop is told that the session of alice has ended')
  expect(stdout.match(/the cake shop says: .*/g)).toEqual([
    'the cake shop says: You are logged in as alice',
    'the cake shop says: You are logged out',
  ])
  expect(actions).toContainEqual(['vci/offer/create', 'CREATED'])
  expect(actions.filter(([name]) => name === 'vci/single/issue')).toHaveLength(2)
  expect(stdout).toContain('a verifier reads an SD-JWT VC of Alice Ashdown')
  expect(stdout).toContain('the status list says that it is valid')
  expect(stdout.match(/the wallet has the credential .*/g)).toEqual([
    'the wallet has the credential "identity"',
    'the wallet has the credential "mdl"',
  ])
  expect(stdout).toContain('a verifier reads an mDL with 11 data elements')
  expect(actions).toContainEqual(['federation/configuration', 'OK'])
  expect(actions).toContainEqual(['federation/registration', 'OK'])
  expect(stdout.match(/the user logs in: the ID Token for \S+ is of alice/g)).toEqual([
    expect.stringContaining('/library '),
    expect.stringContaining('/archive '),
  ])
  expect(stdout).toContain('All flows finished.')
})
