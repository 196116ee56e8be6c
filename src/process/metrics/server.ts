/** Serves the metrics on a port of their own. */
import { createServer, type Server } from 'node:http'
import type { Metrics } from './metrics.ts'

/** Serves `GET /metrics` and nothing else; resolves once it listens. */
export async function serveMetrics(
  metrics: Pick<Metrics, 'contentType' | 'text'>,
  { host, port }: { host: string; port: number },
): Promise<Server> {
  const server = createServer(async (request, response) => {
    const [path] = (request.url ?? '').split('?')
    if (request.method !== 'GET' || path !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    const text = await metrics.text().catch(() => undefined)
    const head = { 'Content-Type': metrics.contentType }
    if (text === undefined) response.writeHead(500).end()
    else response.writeHead(200, head).end(text)
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(port, host, listening)
  })
  return server
}
