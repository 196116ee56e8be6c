import { describe, expect, it } from 'vitest'
import { isAllowEntry, isPublicAddress, parseAllowance } from '../../src/system/address.ts'

describe('public address', () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '223.255.255.255',
    '2001:4860:4860::8888',
    '2606:4700::1111',
    '2a00:1450:4001::1',
    '::ffff:8.8.8.8',
    '::ffff:808:808',
    '64:ff9b::8.8.8.8',
  ])('includes %s', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
  ])('excludes %s (RFC 6890 §2.2.2)', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it.each([
    '::',
    '::1',
    '::7f00:1',
    '::127.0.0.1',
    '::8.8.8.8',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '::ffff:0:127.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::8.8.8.8',
    '100::1',
    '2001::1',
    '2001:2::1',
    '2001:10::1',
    '2001:20::1',
    '2001:db8::1',
    '2002:7f00:1::1',
    '2002:808:808::1',
    '2620:4f:8000::1',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    '2606:4700::1111%eth0',
    'fec0::1',
    'ff02::1',
    'localhost',
    '',
    '1.1.1',
  ])('excludes %s (RFC 6890 §2.2.3)', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })
})

describe('entry of POSTERN_OUTBOUND_ALLOW', () => {
  const local = { host: 'idp.internal', port: 443 }

  it.each([
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['127.0.0.1', '::ffff:7f00:1', true],
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.0/8', '64:ff9b::a00:1', true],
    ['0.0.0.0/0', '10.0.0.1', true],
    ['0.0.0.0/0', '::1', false],
    ['::1', '::1', true],
    ['::1', '127.0.0.1', false],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', 'fe80::1', false],
    ['fe80::/10', 'fe80::1%eth0', false],
    ['idp.internal:443', '10.0.0.1', true],
    ['IDP.internal:443', '10.0.0.1', true],
    ['idp.internal:8443', '10.0.0.1', false],
    ['other.internal:443', '10.0.0.1', false],
    ['10.0.0.1:443', '10.0.0.1', true],
    ['10.0.0.1:80', '10.0.0.1', false],
    ['[FD00:0::1]:443', 'fd00::1', true],
  ])('%s covers %s: %s', (entry, address, allowed) => {
    expect(parseAllowance([entry]).allows(address, local)).toBe(allowed)
  })

  it.each([
    '',
    'localhost',
    'idp.internal',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0/8',
    'fd00::/129',
    'fe80::1%eth0',
    'idp.internal:0',
    'idp.internal:65536',
    'http://idp.internal:80',
    '[10.0.0.1]:80',
    '*:80',
    'a b:80',
  ])('cannot be %o', (entry) => {
    expect(isAllowEntry(entry)).toBe(false)
    expect(() => parseAllowance([entry])).toThrow(TypeError)
  })
})
