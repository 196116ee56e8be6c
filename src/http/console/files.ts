/** The built pages of the console, read once from the package and kept in memory. */
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HttpResponse } from '../response.ts'

const types: Record<string, string> = {
  '.html': 'text/html; charset=UTF-8',
  '.js': 'text/javascript; charset=UTF-8',
  '.css': 'text/css; charset=UTF-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}

/** No script or style of the page itself, none of another origin, and no text made into HTML. */
const policy = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:"],
  ...["connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"],
  "require-trusted-types-for 'script'",
].join('; ')

const usual = {
  'Content-Security-Policy': policy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  Vary: 'Accept-Encoding',
}

type Body = Uint8Array<ArrayBuffer>
type Files = ReadonlyMap<string, Body>

/** The file at a path below `/console/`; the page itself at the path of a screen. */
export function createFiles(folder = builtFolder()) {
  let read: Promise<Files> | undefined
  return async (path: string, acceptEncoding = ''): Promise<HttpResponse | undefined> => {
    read ??= readFiles(folder)
    const files = await read
    const isPage = extname(path) === ''
    const name = isPage ? 'index.html' : path
    const plain = files.get(name)
    if (!plain) return isPage ? notBuilt : undefined
    const encoding = ['br', 'gzip'].find(
      (each) => acceptEncoding.includes(each) && files.has(`${name}${endings[each]}`),
    )
    const body = (encoding && files.get(`${name}${endings[encoding]}`)) || plain
    const headers = {
      ...usual,
      'Content-Type': types[extname(name)] ?? 'application/octet-stream',
      // The names of all other files contain hashes of their contents.
      'Cache-Control': name.startsWith('assets/')
        ? 'public, max-age=31536000, immutable'
        : 'no-cache',
    }
    return new HttpResponse(
      200,
      encoding ? { ...headers, 'Content-Encoding': encoding } : headers,
      body,
    )
  }
}

const endings: Record<string, string> = { br: '.br', gzip: '.gz' }

const builtFolder = () => fileURLToPath(new URL('.', import.meta.resolve('#console/index.html')))

async function readFiles(folder: string): Promise<Files> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = names.filter((entry) => entry.isFile())
  const read = files.map(async ({ parentPath, name }) => {
    const file = join(parentPath, name)
    const path = relative(folder, file).split(sep).join('/')
    return [path, new Uint8Array(await readFile(file))] as const
  })
  return new Map(await Promise.all(read))
}

const notBuilt = new HttpResponse(
  404,
  { 'Content-Type': 'text/plain; charset=UTF-8' },
  'The pages of the console are not built: run `npm run build`.\n',
)
