/**
 * The script of the OP iframe, OIDC Session Management §3.2: constant text in ECMAScript 5. It has
 * a SHA-256 of its own, because that of browsers is asynchronous and requires a secure context.
 */

/** `sha256(text)`: base64url of the hash of the text in UTF-8, FIPS 180-4. */
export const sha256Script = `
function sha256(text) {
  var bytes = unescape(encodeURIComponent(text))
  var length = bytes.length
  var words = []
  for (var i = 0; i < length; i++) words[i >> 2] |= bytes.charCodeAt(i) << (24 - (i % 4) * 8)
  words[length >> 2] |= 0x80 << (24 - (length % 4) * 8)
  var last = (((length + 8) >> 6) << 4) + 15
  words[last - 1] = Math.floor(length / 0x20000000)
  words[last] = length << 3
  var state = []
  var constants = []
  for (var prime = 2; constants.length < 64; prime++) {
    var isPrime = true
    for (var factor = 2; factor * factor <= prime; factor++) {
      if (prime % factor === 0) isPrime = false
    }
    if (!isPrime) continue
    if (state.length < 8) state.push(fraction(Math.pow(prime, 1 / 2)))
    constants.push(fraction(Math.pow(prime, 1 / 3)))
  }
  for (var block = 0; block <= last; block += 16) add(state, words, block, constants)
  return encode(state)
}
function fraction(number) {
  return ((number - Math.floor(number)) * 0x100000000) | 0
}
function rotate(word, bits) {
  return (word >>> bits) | (word << (32 - bits))
}
function add(state, words, block, constants) {
  var w = []
  var s = state.slice()
  for (var i = 0; i < 64; i++) {
    if (i < 16) {
      w[i] = words[block + i] | 0
    } else {
      var a = w[i - 15]
      var b = w[i - 2]
      var s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)
      var s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10)
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0
    }
    var e = s[4]
    var first = s[0]
    var one = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    var choice = (e & s[5]) ^ (~e & s[6])
    var t1 = (s[7] + one + choice + constants[i] + w[i]) | 0
    var zero = rotate(first, 2) ^ rotate(first, 13) ^ rotate(first, 22)
    var majority = (first & s[1]) ^ (first & s[2]) ^ (s[1] & s[2])
    s = [(t1 + zero + majority) | 0, first, s[1], s[2], (s[3] + t1) | 0, e, s[5], s[6]]
  }
  for (var j = 0; j < 8; j++) state[j] = (state[j] + s[j]) | 0
}
function encode(state) {
  var letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  var text = ''
  for (var bit = 0; bit < 256; bit += 6) {
    var six = 0
    for (var i = bit; i < bit + 6; i++) {
      six = (six << 1) | (i < 256 ? (state[i >> 5] >>> (31 - (i % 32))) & 1 : 0)
    }
    text += letters.charAt(six)
  }
  return text
}`

/**
 * Answers `unchanged`, `changed` or `error` to the window that asks. The asking window need not be
 * the parent: its origin is part of the hash.
 *
 * Without a cookie the user is logged out, unless the browser hides the cookie: then the answer is
 * `error`, which ends the monitoring of the client instead of its session.
 */
export const iframeScript = `(function () {
'use strict'
${sha256Script}
var root = document.documentElement
var name = root.getAttribute('data-cookie')
var path = root.getAttribute('data-refresh-path')
var seconds = Number(root.getAttribute('data-refresh-seconds'))
var known = {}

function browserState() {
  var cookies = document.cookie.split(';')
  for (var i = 0; i < cookies.length; i++) {
    var cookie = cookies[i].replace(/^ +/, '')
    if (cookie.slice(0, name.length + 1) === name + '=') return cookie.slice(name.length + 1)
  }
  return ''
}
function compare(message, origin, state) {
  var split = message.lastIndexOf(' ')
  var parts = message.slice(split + 1).split('.')
  var hashed = message.slice(0, split) + ' ' + origin + ' ' + state + ' ' + parts[1]
  return sha256(hashed) === parts[0] ? 'unchanged' : 'changed'
}
function answer(message, origin, state) {
  if (known.message !== message || known.origin !== origin || known.state !== state) {
    var found = compare(message, origin, state)
    known = { message: message, origin: origin, state: state, answer: found }
  }
  return known.answer
}
function isWellFormed(message) {
  return typeof message === 'string' && message.length <= 4096 &&
    /^[^ ][\\s\\S]* [A-Za-z0-9_-]{43}\\.[A-Za-z0-9_-]+$/.test(message)
}
function ask(message, origin, send) {
  if (!isWellFormed(message)) return send('error')
  var state = browserState()
  if (state !== '') return send(answer(message, origin, state))
  if (!window.isSecureContext || !document.hasStorageAccess) return send('changed')
  document.hasStorageAccess().then(function (has) {
    send(has ? 'changed' : 'error')
  }, function () {
    send('error')
  })
}
window.addEventListener('message', function (event) {
  function send(text) {
    try {
      event.source.postMessage(text, event.origin)
    } catch (failure) {
      // The window is gone, or its origin is opaque.
    }
  }
  try {
    ask(event.data, event.origin, send)
  } catch (failure) {
    send('error')
  }
}, false)
if (path && seconds > 0) {
  window.setInterval(function () {
    var request = new XMLHttpRequest()
    request.open('GET', path)
    request.send()
  }, seconds * 1000)
}
})()`
