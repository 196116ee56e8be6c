/** Which operation a path is, and which calls must be made in their order. */

export interface Operation {
  /** The path without its identifiers, such as `/client/get/{}`. */
  readonly name: string
  readonly service: string | undefined
  /** Whether it is a step of a flow, which concerns no call but those of the same flow. */
  readonly isStep: boolean
  /** Whether it creates a client, whose identifiers are different on both sides. */
  readonly createsClient: boolean
}

const steps = new RegExp(
  `^/(${[
    'auth/(authorization|token|userinfo|introspection|revocation)(/(issue|fail|standard))?',
    'pushed_auth_req',
    'backchannel/authentication(/(issue|fail|complete))?',
    'device/(authorization|verification|complete)',
    'attestation/challenge',
    'vci/nonce',
  ].join('|')})$`,
)
const reads = /^\/(service\/(jwks\/get|configuration|get)|client\/get\/\{\}|federation\/.*)$/

/** `path` may have a query. */
export function operationOf(method: string, path: string): Operation {
  const [plain = ''] = path.split('?')
  const [, service, rest = plain] = /^\/api\/(\d+)(\/.*)$/.exec(plain) ?? []
  const name = rest
    .split('/')
    .map((segment) => (/^(\d+|.{33,}|.*[^\w.-].*)$/.test(segment) ? '{}' : segment))
    .join('/')
  const isRead = reads.test(name) && (method === 'GET' || /federation|configuration/.test(name))
  return {
    name: method === 'POST' ? name : `${method.slice(0, 10)} ${name}`,
    service,
    isStep: steps.test(name) || isRead,
    createsClient: /^\/client\/(create|registration)$/.test(name),
  }
}
