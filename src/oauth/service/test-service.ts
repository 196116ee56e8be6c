/** Test services: authorization servers for tests, whose clocks can be moved forward. */
import type { Service } from '../../model/service/service.ts'
import { type AttributeOwner, defineAttribute, oneOf } from '../attribute.ts'

const mode = defineAttribute({
  name: 'ext.mode',
  of: 'service',
  form: oneOf('live', 'test'),
  fallback: 'live',
  effect:
    'With `test`, the clock of the service can be moved forward (`/testclock`), so that tests see ' +
    'what expires. Only for processes that run with `POSTERN_TEST_SERVICES` = `true`: others refuse ' +
    'to save it, and do not serve such a service. Once its clock was moved, the service stays a test ' +
    'service.',
})

/** Whether settings that are to be saved are those of a test service. */
export const isForTests = (settings: AttributeOwner): boolean => mode.read(settings) === 'test'

const known = new WeakMap<Service, boolean>()

/** The same of a service, looked up once for each document. */
export function isTestService(service: Service): boolean {
  const isTest = known.get(service) ?? isForTests(service)
  known.set(service, isTest)
  return isTest
}
