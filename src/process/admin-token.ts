/** The administrator's token that a start makes or is given. */
import { open, readFile } from 'node:fs/promises'
import { apiTokenHash } from '../caller.ts'
import type { ApiToken } from '../model/api-token.ts'
import type { Store } from '../store/store.ts'
import type { System } from '../system/system.ts'

export interface Admin {
  token: string | undefined
  file: string | undefined
}

const bootstrapRights = ['admin', 'view_audit_log'] as const

/** Tokens of earlier versions are known by their label and rights. */
const isBootstrapToken = ({ label, rights, isBootstrap }: ApiToken): boolean =>
  isBootstrap ?? (label === 'bootstrap' && rights.join() === bootstrapRights.join())

/**
 * An administrator's token: the configured one, or one that is made on the first start and kept.
 * It takes the place of the former one, which is no administrator's any more.
 */
export async function bootstrapAdmin(
  store: Store,
  system: System,
  configured: string | undefined,
  file: string | undefined,
): Promise<Admin> {
  const register = async (token: string) => {
    const tokenHash = apiTokenHash(token)
    const former = (await store.apiTokens.list(0)).filter(
      (row) => row.tokenHash !== tokenHash && isBootstrapToken(row.data),
    )
    await store.commit(
      ...former.map((row) => store.apiTokens.delete(row.tokenHash)),
      store.apiTokens.upsert({
        tokenHash,
        tokenId: system.random.uuid(),
        serviceId: 0,
        createdAt: system.clock(),
        data: { label: 'bootstrap', rights: [...bootstrapRights], isBootstrap: true },
      }),
    )
  }
  if (configured) {
    await register(configured)
    return { token: configured, file: undefined }
  }
  const known = file ? await readFile(file, 'utf8').catch(() => undefined) : undefined
  if (known?.trim()) {
    const isGood = await store.apiTokens.find(apiTokenHash(known.trim()))
    return { token: isGood ? known.trim() : undefined, file }
  }
  // A database that has tokens was started before: whoever runs it knows one.
  if ((await store.apiTokens.count()) > 0) return { token: undefined, file: undefined }
  const token = system.random.token(256)
  if (file) {
    const handle = await open(file, 'wx', 0o600)
    await handle.writeFile(`${token}\n`)
    await handle.sync()
    await handle.close()
  }
  await register(token)
  return { token, file }
}
