/** A real name server on 127.0.0.1, over UDP, that answers as the test defines, or not at all. */
import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'

/** IPv4 addresses with their lifetime in seconds, an unknown name, or no answer. */
export type Told = { addresses: string[]; seconds?: number } | 'unknown' | 'silent'

export interface NameServer {
  /** `address:port`, as POSTERN_DNS_SERVERS lists it. */
  address: string
  /** Names whose IPv4 addresses were queried, in order. */
  asked: string[]
  close(): Promise<void>
}

const typeA = 1

/** The response repeats the question and contains the records that answer it (RFC 1035 §4). */
export async function startNameServer(tell: (name: string) => Told): Promise<NameServer> {
  const socket = createSocket('udp4')
  const asked: string[] = []
  socket.on('message', (query, from) => {
    const { name, type, end } = questionOf(query)
    if (type === typeA) asked.push(name)
    const told = tell(name)
    if (told === 'silent') return
    const records = told !== 'unknown' && type === typeA ? told.addresses : []
    const seconds = told === 'unknown' ? 0 : (told.seconds ?? 60)
    const header = Buffer.from(query.subarray(0, 12))
    header.writeUInt16BE(told === 'unknown' ? 0x8183 : 0x8180, 2)
    header.writeUInt16BE(1, 4)
    header.writeUInt16BE(records.length, 6)
    header.fill(0, 8)
    const answers = records.map((address) => {
      const record = Buffer.alloc(16)
      record.writeUInt16BE(0xc00c, 0)
      record.writeUInt16BE(typeA, 2)
      record.writeUInt16BE(1, 4)
      record.writeUInt32BE(seconds, 6)
      record.writeUInt16BE(4, 10)
      record.set(address.split('.').map(Number), 12)
      return record
    })
    const message = Buffer.concat([header, query.subarray(12, end), ...answers])
    socket.send(message, from.port, from.address)
  })
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done))
  const { port } = socket.address() as AddressInfo
  return {
    address: `127.0.0.1:${port}`,
    asked,
    close: () => new Promise((done) => socket.close(() => done())),
  }
}

function questionOf(query: Buffer) {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}
