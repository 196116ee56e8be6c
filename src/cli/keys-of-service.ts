/** The commands on keys of a service, with the configuration of the environment. */
import { readConfig } from '../process/config.ts'
import {
  generateKey,
  importKeys,
  listKeys,
  rotateKey,
  undeleteKey,
} from '../process/keys/commands.ts'
import { rotateKeys as rotateMasterKey } from '../process/master-keys.ts'

export const list = (service: string) => listKeys(readConfig(), service)

export const generate = (service: string, options: object) =>
  generateKey(readConfig(), service, options)

export const importFile = (service: string, options: object) =>
  importKeys(readConfig(), service, options)

/** Without a service, these are the former words for `master-key rotate`. */
export const rotate = (service: string | undefined, options: object) =>
  service === undefined ? rotateMasterKey(readConfig()) : rotateKey(readConfig(), service, options)

export const undelete = (service: string, kid: string) => undeleteKey(readConfig(), service, kid)
