/**
 * The network addresses that outbound connections may reach: public ones (by IANA's special-purpose
 * registries, RFC 6890), and those that the operator allows.
 */
import { BlockList, isIP, isIPv4 } from 'node:net'

/** The address family in the terms of node:net. */
type Family = 'ipv4' | 'ipv6'

const specialIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // The metadata and agent service of a cloud platform at a public address.
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** Only `2000::/3` is global unicast, without these special parts. */
const globalIpv6 = '2000::/3'
const specialIpv6 = [
  // Protocol assignments: Teredo, benchmarking, ORCHID and others.
  '2001::/23',
  '2001:db8::/32',
  // 6to4 contains an IPv4 address, and is obsolete (RFC 7526).
  '2002::/16',
  '2620:4f:8000::/48',
  '3ffe::/16',
  '3fff::/20',
]

/** Prefixes whose last 32 bits are the IPv4 address of the destination. */
const carriesIpv4 = { mapped: '::ffff:0:0/96', translated: '64:ff9b::/96' }

const familyOf = (address: string): Family => (isIPv4(address) ? 'ipv4' : 'ipv6')

function networks(list: readonly string[]): BlockList {
  const blocks = new BlockList()
  for (const network of list) {
    const [address = '', prefix = ''] = network.split('/')
    blocks.addSubnet(address, Number(prefix), familyOf(address))
  }
  return blocks
}

const specialV4 = networks(specialIpv4)
const specialV6 = networks(specialIpv6)
const globalV6 = networks([globalIpv6])
const carriers = networks(Object.values(carriesIpv4))

/** An IPv6 address in the canonical form of URLs, without dotted IPv4 parts. */
const plainIpv6 = (address: string): string => new URL(`http://[${address}]/`).hostname.slice(1, -1)

/** The address of the destination: the IPv4 address inside an IPv6 address, if there is one. */
function reachedAddress(address: string): string {
  if (isIPv4(address) || !carriers.check(address, 'ipv6')) return address
  const groups = plainIpv6(address).split(':')
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group || '0', 16))
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** Whether an address is reachable on the public internet. */
export function isPublicAddress(address: string): boolean {
  if (address.includes('%') || isIP(address) === 0) return false
  const reached = reachedAddress(address)
  if (isIPv4(reached)) return !specialV4.check(reached, 'ipv4')
  return globalV6.check(reached, 'ipv6') && !specialV6.check(reached, 'ipv6')
}

export interface Destination {
  /** The host of the URL, without the brackets of an IPv6 address. */
  readonly host: string
  readonly port: number
}

export interface Allowance {
  /** Whether the operator allows connecting to this address under this host name and port. */
  allows(address: string, destination: Destination): boolean
}

const hostName = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/

function parseNetwork(entry: string): [address: string, prefix: number] | undefined {
  const [address = '', prefix, ...rest] = entry.split('/')
  const version = isIP(address)
  if (version === 0 || address.includes('%') || rest.length > 0) return undefined
  const longest = version === 4 ? 32 : 128
  if (prefix === undefined) return [address, longest]
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > longest) return undefined
  return [address, Number(prefix)]
}

function parseHostAndPort(entry: string): Destination | undefined {
  const [, bracketed, plain, port = ''] =
    /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(entry.toLowerCase()) ?? []
  if (Number(port) < 1 || Number(port) > 65_535) return undefined
  if (bracketed !== undefined) {
    const address = isIP(bracketed) === 6 && !bracketed.includes('%')
    return address ? { host: plainIpv6(bracketed), port: Number(port) } : undefined
  }
  return hostName.test(plain ?? '') ? { host: plain ?? '', port: Number(port) } : undefined
}

/** Whether an entry is a network (`10.0.0.0/8`), an address, or a `host:port`. */
export const isAllowEntry = (entry: string): boolean =>
  (parseNetwork(entry) ?? parseHostAndPort(entry)) !== undefined

/** Whether an entry is an IP address with or without a port, for the list of name servers. */
export function isServerEntry(entry: string): boolean {
  if (isIP(entry) !== 0) return !entry.includes('%')
  const server = parseHostAndPort(entry)
  return server !== undefined && isIP(server.host) !== 0
}

/** Parses the entries of POSTERN_OUTBOUND_ALLOW; throws TypeError for an invalid one. */
export function parseAllowance(entries: readonly string[]): Allowance {
  const allowed = new BlockList()
  const hosts = new Set<string>()
  for (const entry of entries) {
    const network = parseNetwork(entry)
    const host = network ? undefined : parseHostAndPort(entry)
    if (network) allowed.addSubnet(network[0], network[1], familyOf(network[0]))
    else if (host) hosts.add(`${host.host} ${host.port}`)
    else throw new TypeError(`Not a network, an address or a host with its port: ${entry}`)
  }
  function allows(address: string, { host, port }: Destination): boolean {
    if (address.includes('%') || isIP(address) === 0) return false
    const reached = reachedAddress(address)
    if (allowed.check(reached, familyOf(reached))) return true
    return hosts.has(`${host} ${port}`) || hosts.has(`${reached} ${port}`)
  }
  return { allows }
}
