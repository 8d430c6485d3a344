import { expect, test } from 'vitest'
import { failureText } from './failure-text.js'

const asked = { url: 'https://h.example/a', caPath: '/ca.pem' }
const curl = (rc: number, text: string, url = asked.url) =>
  failureText('curl', String(rc), `curl: (${rc}) ${text}`, { ...asked, url })
const wget = (rc: number, text: string) => failureText('wget', String(rc), text, asked)
const failed = (what: string) => `Request failed: <urlopen error ${what}>`
const badCertificate = (why: string) => failed(`[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${why}`)

test('certificates', () => {
  const mismatch = badCertificate("Hostname mismatch, certificate is not valid for 'h.example'.")
  const more = '\nMore details here: https://curl.se/docs/sslcerts.html\n\nplease visit the web page mentioned above.'
  for (const text of [
    `SSL: no alternative certificate subject name matches target host name 'h.example'${more}`,
    "SSL: no alternative certificate subject name matches target hostname 'h.example'",
    "SSL: certificate subject name 'x' does not match target host name 'h.example'",
  ])
    expect(curl(60, text)).toBe(mismatch)
  expect(wget(5, "The certificate's owner does not match hostname 'h.example'")).toBe(mismatch)
  expect(wget(5, 'ERROR: no certificate subject alternative name matches\n\trequested host name ‘h.example’.')).toBe(
    mismatch,
  )
  expect(curl(60, `SSL certificate problem: self-signed certificate${more}`)).toBe(
    badCertificate('self-signed certificate'),
  )
  expect(
    wget(
      5,
      "ERROR: The certificate of 'x' is not trusted.\nERROR: The certificate of 'x' doesn't have a known issuer.",
    ),
  ).toBe(badCertificate('unable to get local issuer certificate'))
  expect(curl(60, `something new${more}`)).toBe(badCertificate('curl: (60) something new'))
  expect(curl(77, 'error setting certificate file: /ca.pem')).toBe(
    "Connection failure: [Errno 2] No such file or directory: b'/ca.pem'",
  )
})

test('connections', () => {
  expect(curl(6, 'Could not resolve host: h')).toBe(failed('[Errno -2] Name or service not known'))
  expect(curl(7, "Failed to connect to h port 1 after 0 ms: Couldn't connect to server")).toBe(
    failed('[Errno 111] Connection refused'),
  )
  expect(curl(28, 'Failed to connect to h port 1 after 2001 ms: Timeout was reached')).toBe(failed('timed out'))
  expect(curl(28, 'Connection timed out after 2001 milliseconds')).toBe(failed('timed out'))
  expect(curl(28, 'Operation too slow. Less than 1 bytes/sec')).toBe('Connection failure: timed out')
  expect(curl(56, 'Recv failure: Connection reset by peer')).toBe(
    'Connection failure: [Errno 104] Connection reset by peer',
  )
  expect(curl(52, 'Empty reply from server')).toBe('Connection failure: Remote end closed connection without response')
})

test('what cannot be asked', () => {
  expect(curl(1, 'Protocol "nope" not supported', 'nope://x')).toBe(failed('unknown url type: nope'))
  expect(curl(35, 'OpenSSL/3.0.22: error:0A00010B:SSL routines::wrong version number')).toBe(
    failed('[SSL: WRONG_VERSION_NUMBER] wrong version number'),
  )
  expect(curl(59, 'failed setting cipher list: NOPE')).toBe("Connection failure: ('No cipher can be selected.',)")
  expect(curl(37, "Couldn't open file /a", 'file:///a')).toBe(failed("[Errno 2] No such file or directory: '/a'"))
})
