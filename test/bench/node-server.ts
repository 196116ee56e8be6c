/**
 * The least that Node can do: node:http alone, the same JSON body parsed, the same bytes answered.
 * What is to be answered is told beforehand, by PUT, as to the server with Hono.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const answers = new Map<string, string>()
const json = { 'Content-Type': 'application/json' }

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const url = request.url ?? ''
  if (request.method === 'PUT') {
    answers.set(url.replace('/answers/', '/calls/'), body)
    response.writeHead(204).end()
    return
  }
  if (request.method === 'POST' && typeof JSON.parse(body) !== 'object') {
    response.writeHead(400).end()
    return
  }
  response.writeHead(200, json).end(answers.get(url) ?? '')
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const [first] = chunks
    const whole = chunks.length === 1 && first ? first : Buffer.concat(chunks)
    answer(request, response, whole.toString())
  })
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
