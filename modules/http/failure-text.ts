import type { HttpRequest, HttpTool } from './request.js'

type Asked = Pick<HttpRequest, 'url' | 'caPath'>

/** Why there was no whole answer, in the words of Ansible's urllib, from what curl or wget said. */
export function failureText(tool: HttpTool, rc: string, error: string, { url, caPath }: Asked): string {
  const lines = error.split('\n').filter(line => line.trim() !== '')
  // curl explains itself at length after its first line; wget's last one is the reason.
  const reason = (lines.find(line => line.startsWith('curl: (')) ?? lines.at(-1))?.trim() || `exit code ${rc}`
  const failed = (what: string) => `Request failed: <urlopen error ${what}>`
  const broken = (what: string) => `Connection failure: ${what}`

  const badCertificate = certificateProblem(error)
  if (badCertificate) return failed(`[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${badCertificate}`)
  if (tool === 'curl') {
    switch (rc) {
      case '1':
        return failed(`unknown url type: ${/^([^:]*):/.exec(url)?.[1]}`)
      case '6':
        return failed('[Errno -2] Name or service not known')
      case '35':
        return failed(handshakeProblem(reason))
      case '37':
        return failed(`[Errno 2] No such file or directory: '${url.replace(/^file:\/\/(?:localhost)?/i, '')}'`)
      case '52':
        return broken('Remote end closed connection without response')
      case '58':
      case '77':
        return caPath && rc === '77' ? broken(`[Errno 2] No such file or directory: b'${caPath}'`) : broken(reason)
      case '59':
        return broken("('No cipher can be selected.',)")
      case '51':
      case '60':
        return failed(`[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${reason}`)
    }
  }
  if (/connection reset by peer/i.test(error)) return broken('[Errno 104] Connection reset by peer')
  if (/unable to resolve host|bad address/.test(error)) return failed('[Errno -2] Name or service not known')
  if (/^curl: \(28\) (Connection|Resolving|SSL connection) time|Failed to connect .*Timeout was reached/im.test(error))
    return failed('timed out')
  if (/refused|Failed to connect|Couldn't connect/i.test(error)) return failed('[Errno 111] Connection refused')
  if (tool === 'curl' && rc === '7') return failed(reason)
  if ((tool === 'curl' && rc === '28') || /timed out/i.test(error)) return broken('timed out')
  if (tool !== 'curl' && rc === '5')
    return failed(`[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${reason}`)
  if (tool === 'curl' && (rc === '18' || rc === '56')) return broken(reason)
  if (/prematurely|connection closed at byte/i.test(error)) return broken(reason)
  return failed(reason)
}

/** What is wrong with the server's certificate, as OpenSSL says it; curl and wget say so in many ways. */
function certificateProblem(error: string): string | undefined {
  const host =
    /(?:alternative certificate subject name matches target host ?name|does not match target host ?name) '([^']*)'/.exec(
      error,
    )?.[1] ?? /(?:owner does not match hostname|requested host name) ['‘]([^'’]*)['’]/.exec(error)?.[1]
  if (host !== undefined) return `Hostname mismatch, certificate is not valid for '${host}'.`
  const told = /certificate problem: (.*)/i.exec(error)?.[1]
  if (told !== undefined) return told
  if (/self-signed certificate encountered/i.test(error)) return 'self-signed certificate'
  if (/certificate .*has expired/i.test(error)) return 'certificate has expired'
  if (/not yet (?:valid|activated)/i.test(error)) return 'certificate is not yet valid'
  if (/have a known issuer|locally verify the issuer/i.test(error)) return 'unable to get local issuer certificate'
  return undefined
}

/** `… error:0A00010B:SSL routines::wrong version number` as Python's ssl shows it. */
function handshakeProblem(reason: string): string {
  const why = /SSL routines:[^:]*:(.*)$/.exec(reason)?.[1]?.trim()
  return why ? `[SSL: ${why.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}] ${why}` : reason
}
