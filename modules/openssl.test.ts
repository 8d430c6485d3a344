import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { testModule } from '../engine/module/test.js'
import type { FakeHandler, FakeHost } from '../engine/remote/fake.js'
import csr from './openssl_csr.js'
import csrInfo from './openssl_csr_info.js'
import dhparam from './openssl_dhparam.js'
import pkcs12 from './openssl_pkcs12.js'
import privatekey from './openssl_privatekey.js'
import privatekeyInfo from './openssl_privatekey_info.js'
import publickey from './openssl_publickey.js'
import publickeyInfo from './openssl_publickey_info.js'
import certificateInfo from './x509_certificate_info.js'

// Made by openssl 3.0 with every extension that has a value of its own; what is expected is what Ansible said of them.
const request = `-----BEGIN CERTIFICATE REQUEST-----
MIIEzDCCA7QCAQAwgcYxCzAJBgNVBAYTAkRFMQ8wDQYDVQQIDAZCZXJsaW4xDjAM
BgNVBAcMBUvDtmxuMRIwEAYDVQQKDAlPcmcsIEluYy4xCjAIBgNVBAsMAWExCjAI
BgNVBAsMAWIxGDAWBgNVBAMMD3d3dy5leGFtcGxlLmNvbTEcMBoGCSqGSIb3DQEJ
ARYNeEBleGFtcGxlLmNvbTEXMBUGCgmSJomT8ixkARkWB2V4YW1wbGUxDDAKBgNV
BAQMA1N1cjELMAkGA1UEBRMCNzcwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEK
AoIBAQC4piR3bA2gNTXxrs017YS81NWLtpw6qNmrm75SCq1oRjXUuUFUDXULDGqx
PmsaEvMgmeOKPphZxCjxVX+krfNhrYBq8dY6sozXhf6SxkKUwrxdxP17ZoDA6PqZ
MYaDlIwmjFlDh/EgdRWRSPXk1qGFW4/yX7hb8kkk8saCL5V0OQIyEBBkF1Gnoa0I
0pTfi2V+3B4ynpYBODtbrgkRugyIHqOFr5Ihl1e9lvKc36iX+8Vx2qZpipWN71hg
GHV1R1xgIL+c+lKSNA97pdOL57PlJrIEFazBluHwVyq7Z4JfcK556mapA8DHcqYE
+90TgnU7qhXLPrJ1JpnZnx6P7DhhAgMBAAGgggG+MIIBugYJKoZIhvcNAQkOMYIB
qzCCAacwgYgGA1UdEQSBgDB+gg93d3cuZXhhbXBsZS5jb22CCCouZXgub3JnhwQB
AgMEhxAAAAAAAAAAAAAAAAAAAAABgQVhQGIuY4YKaHR0cDovL3gveYgCKgOkHjAc
MQwwCgYDVQQDDANmb28xDDAKBgNVBAoMA2JhcqASBgorBgEEAYI3FAIDoAQMAm1l
MA4GA1UdDwEB/wQEAwIA3zBbBgNVHSUEVDBSBggrBgEFBQcDAQYIKwYBBQUHAwIG
CCsGAQUFBwMDBggrBgEFBQcDBAYIKwYBBQUHAwgGCCsGAQUFBwMJBgQqAwQFBgRV
HSUABggrBgEFBQcDBTASBgNVHRMBAf8ECDAGAQH/AgEBMBEGCCsGAQUFBwEYBAUw
AwIBBTBVBgNVHR4ETjBMoBwwDoIMLmV4YW1wbGUuY29tMAqHCAoAAAD/AAAAoSww
BoEELmNvbTAihyD+gAAAAAAAAAAAAAAAAAAA//8AAAAAAAAAAAAAAAAAADAdBgNV
HQ4EFgQUyZjxjcujKTUjCTYbf7DfBucu1F4wEAYFKgMEBQYEBwwFaGVsbG8wDQYJ
KoZIhvcNAQELBQADggEBAGYF+2gyZpk1STyHzp1fKn0K7bVIpEY3aYaMkgrdwa+A
sSJm36WzSsR94RKYSzZRDD8wgG9Q0KZCJR3Xvk+T7FI9mycJVllthO3r55K+sH9p
F3NyVhxXddQE3qluEx4nYeqd9Ae9QzUaSDIawRmKREmUGixIeUaQpSYJ0ooULqXf
7K23NkFCCYOoaXHgyUP3ikifeBdNQvDj+PhB9sSQX0crnUS84v+Q3u6Rs8UQ40kD
KpSCtPrb5OuLP3bgR3thlBq4szplGo8LIajJy6QU5y1rRFaLYxKHZ4nG25PbnBSk
ScHbZ9BCuwijo+rFdjSvZBDR0CDnWGZAWPk+fk93QSI=
-----END CERTIFICATE REQUEST-----
`
const certificate = `-----BEGIN CERTIFICATE-----
MIIDYjCCAkqgAwIBAgIUM6DbnhxScVbUS8qvKijxn1zi7oEwDQYJKoZIhvcNAQEL
BQAwgcYxCzAJBgNVBAYTAkRFMQ8wDQYDVQQIDAZCZXJsaW4xDjAMBgNVBAcMBUvD
tmxuMRIwEAYDVQQKDAlPcmcsIEluYy4xCjAIBgNVBAsMAWExCjAIBgNVBAsMAWIx
GDAWBgNVBAMMD3d3dy5leGFtcGxlLmNvbTEcMBoGCSqGSIb3DQEJARYNeEBleGFt
cGxlLmNvbTEXMBUGCgmSJomT8ixkARkWB2V4YW1wbGUxDDAKBgNVBAQMA1N1cjEL
MAkGA1UEBRMCNzcwHhcNMjYxMTIxMTExNzUwWhcNMjYxMjExMTExNzUwWjAOMQww
CgYDVQQDDANmb28wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR+NJE8dyvlLhk6
Rj4y8IRIjRP9rTxYSfinevqCsvfUAK0x4gYDFTl1tb3nLby3pjgyui7KjjcU5ISj
9TBv+IWgo4HJMIHGMB8GA1UdIwQYMBaAFMmY8Y3Loyk1Iwk2G3+w3wbnLtReMAwG
A1UdEQQFMAOCAXEwRAYIKwYBBQUHAQEEODA2MBoGCCsGAQUFBzABhg5odHRwOi8v
b2NzcC54LzAYBggrBgEFBQcwAoYMaHR0cDovL2NhLngvMB4GA1UdHwQXMBUwE6AR
oA+GDWh0dHA6Ly9jcmwueC8wEAYDVR0gBAkwBzAFBgMqAwQwHQYDVR0OBBYEFHeP
3JV/CfiJuHYjAgqZ9pgSOZosMA0GCSqGSIb3DQEBCwUAA4IBAQADVRQ/7oCP7WKV
UiIg+6ou1nkJbCdCuIIx/dAE9sHsmjlgKwNpl3sxAScgKEMF5daEJfPiD3k2xWZ0
TMBvUWPBxmLEPVAL3nCs8CUavBJdZQYYr0FNKRK+SYZ9+zMle7kM+SU5ajkpKXLx
QXD8Z4KTybM7KHVa4267awg7AQ0uIpupcVrrSYhnJHljsM3Pdo7FPhDakPjbIPaf
6lOEIbTAevym2bzkrq6oN/wLX+fb6VGFcLt5cxbs2u9DScAuLRYNw/vgTogUIuEn
ahmIqkJTcw/YaUm4q/NnLRRQWbEYi7K2alh18wavhBMH+H1mvrQP7foktaJIers2
A9s6RCFH
-----END CERTIFICATE-----
`
const privateKey = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIHCbcx5dZmUsxykYS7wt7qccnu3Y/h1Mmds9ZQqKo5CEoAoGCCqGSM49
AwEHoUQDQgAEfjSRPHcr5S4ZOkY+MvCESI0T/a08WEn4p3r6grL31ACtMeIGAxU5
dbW95y28t6Y4Mrouyo43FOSEo/Uwb/iFoA==
-----END EC PRIVATE KEY-----
`
const publicKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEfjSRPHcr5S4ZOkY+MvCESI0T/a08
WEn4p3r6grL31ACtMeIGAxU5dbW95y28t6Y4Mrouyo43FOSEo/Uwb/iFoA==
-----END PUBLIC KEY-----
`
const oneBitOff = request.replace(/\n.(?=[^\n]*\n-----END)/, found => (found === '\nA' ? '\nB' : '\nA'))

const numbers = {
  curve: 'secp256r1',
  exponent_size: 256,
  x: 57084297352227345741691644485884222373707128767093561758350693588010083537920n,
  y: 78338258267837948799331790191898043405158906324463754000627761137906466981280n,
}
const subject = [
  ['countryName', 'DE'],
  ['stateOrProvinceName', 'Berlin'],
  ['localityName', 'Köln'],
  ['organizationName', 'Org, Inc.'],
  ['organizationalUnitName', 'a'],
  ['organizationalUnitName', 'b'],
  ['commonName', 'www.example.com'],
  ['emailAddress', 'x@example.com'],
  ['domainComponent', 'example'],
  ['surname', 'Sur'],
  ['serialNumber', '77'],
]
const names = [
  'DNS:www.example.com',
  'DNS:*.ex.org',
  'IP:1.2.3.4',
  'IP:::1',
  'email:a@b.c',
  'URI:http://x/y',
  'RID:1.2.3',
  'dirName:O=bar,CN=foo',
  'otherName:1.3.6.1.4.1.311.20.2.3;0c:02:6d:65',
]

testModule(
  csrInfo,
  {},
  {
    'tells all that is asked for': {
      args: { path: '/etc/ssl/full.csr' },
      files: { '/etc/ssl/full.csr': request },
      changed: false,
      returns: {
        signature_valid: true,
        subject_ordered: subject,
        subject_alt_name: names,
        basic_constraints: ['CA:TRUE', 'pathlen:1'],
        basic_constraints_critical: true,
        key_usage: [
          'CRL Sign',
          'Certificate Sign',
          'Data Encipherment',
          'Digital Signature',
          'Encipher Only',
          'Key Agreement',
          'Non Repudiation',
        ],
        extended_key_usage: [
          '1.2.3.4.5',
          'Any Extended Key Usage',
          'Code Signing',
          'E-mail Protection',
          'IPSec End System',
          'OCSP Signing',
          'TLS Web Client Authentication',
          'TLS Web Server Authentication',
          'Time Stamping',
        ],
        ocsp_must_staple: true,
        name_constraints_permitted: ['DNS:.example.com', 'IP:10.0.0.0/8'],
        name_constraints_excluded: ['email:.com', 'IP:fe80::/16'],
        public_key_type: 'RSA',
        authority_key_identifier: null,
      },
    },
    'a signature of another text': {
      args: { content: oneBitOff },
      fails: 'CSR signature is invalid!',
      returns: { signature_valid: false, subject_ordered: subject },
    },
    'no file': {
      args: { path: '/no.csr' },
      fails: "Error while reading CSR file from disk: [Errno 2] No such file or directory: '/no.csr'",
    },
    'something else': { args: { content: certificate }, fails: /holds no certificate request/ },
    'a part of a request': {
      args: { content: '-----BEGIN CERTIFICATE REQUEST-----\nMIICijCCAXIC\n-----END CERTIFICATE REQUEST-----\n' },
      fails: 'The certificate request cannot be read: unexpected end of data',
    },
  },
)

testModule(
  certificateInfo,
  { content: certificate },
  {
    'tells what a certificate says': {
      args: { valid_at: { old: '20200101000000Z', later: '20261201000000Z' } },
      returns: {
        issuer_ordered: subject,
        subject: { commonName: 'foo' },
        subject_alt_name: ['DNS:q'],
        authority_key_identifier: 'c9:98:f1:8d:cb:a3:29:35:23:09:36:1b:7f:b0:df:06:e7:2e:d4:5e',
        subject_key_identifier: '77:8f:dc:95:7f:09:f8:89:b8:76:23:02:0a:99:f6:98:12:39:9a:2c',
        ocsp_uri: 'http://ocsp.x/',
        issuer_uri: 'http://ca.x/',
        signature_algorithm: 'sha256WithRSAEncryption',
        version: 3,
        not_before: '20261121111750Z',
        serial_number: 294745779936660195456816028378680759947125517953n,
        public_key_data: numbers,
        valid_at: { old: false, later: true },
      },
    },
  },
)

testModule(
  publickeyInfo,
  {},
  {
    'tells its numbers': { args: { content: publicKey }, returns: { type: 'ECC', public_data: numbers } },
    'a private key is none': {
      args: { content: privateKey },
      fails: 'Error while deserializing key: it is a private key',
    },
  },
)

testModule(
  privatekeyInfo,
  { content: privateKey },
  {
    'tells the numbers that everybody may know': {
      returns: { type: 'ECC', public_data: numbers, key_is_consistent: null },
    },
    'tells what must be kept secret, and that the halves fit': {
      args: { return_private_key_data: true, check_consistency: true },
      returns: {
        key_is_consistent: true,
        private_data: { multiplier: 50933694855830932071458323434957294274093288945634967814797408245749240795268n },
      },
    },
    'no key': {
      args: { content: 'nonsense' },
      fails: /cannot be read/,
      returns: { can_load_key: true, can_parse_key: false },
    },
  },
)

/** The shell text runs here, in a folder of its own, with the openssl of this machine. */
const packed = ({ text, stdin }: { text: string; stdin: string }) => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-p12-'))
  try {
    for (const [name, content] of [
      ['key', privateKey],
      ['cert', certificate],
    ] as const) {
      execFileSync('sh', ['-c', 'cat >"$1"', 'sh', join(folder, name)], { input: content })
    }
    const here = text.replaceAll('/etc/c/', `${folder}/`)
    return { stdout: execFileSync('sh', ['-c', here], { input: stdin }).toString() }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

testModule(
  pkcs12,
  { path: '/etc/c/a.p12' },
  {
    'packs a key and its certificate': {
      args: {
        friendly_name: "it's",
        privatekey_path: '/etc/c/key',
        certificate_path: '/etc/c/cert',
        passphrase: "s3 cret'",
      },
      files: { '/etc/c/x': '' },
      commands: { '*pkcs12 -export*': packed },
      leaves: { '/etc/c/a.p12': { mode: 0o400 } },
      changed: true,
      again: { changed: 'the machine of the test has no file that could be compared' },
    },
    'packs certificates that are given as text': {
      args: {
        friendly_name: 'x',
        privatekey_path: '/etc/c/key',
        certificate_content: certificate,
        other_certificates_content: [certificate],
      },
      files: { '/etc/c/x': '' },
      commands: { '*pkcs12 -export*': packed },
      changed: true,
      again: { changed: 'the machine of the test has no file that could be compared' },
    },
    'takes a certificate from one place': {
      args: { certificate_content: certificate, certificate_path: '/etc/c/cert' },
      fails: 'parameters are mutually exclusive: certificate_path|certificate_content',
    },
    'leaves a file that holds the same': {
      args: { friendly_name: 'x', privatekey_content: 'KEY', certificate_path: '/c' },
      before: 'old',
      commands: { '*pkcs12 -export*': 'same\nAAAA\n' },
      changed: false,
      // The comparison needs secrets, which travel on standard input: a trip of its own.
      trips: 2,
    },
    'tells in check mode what is there now': {
      args: { friendly_name: 'x', privatekey_content: 'KEY', certificate_path: '/c', return_content: true },
      before: 'old',
      commands: { '*pkcs12 -export*': 'AAAA\n' },
      changed: true,
      foretells: { changed: true, filename: '/etc/c/a.p12', pkcs12: 'b2xk' },
      returns: { pkcs12: 'AAAA' },
      again: { changed: 'the host of the test packs anew each time' },
    },
    unpacks: {
      args: { action: 'parse', src: '/etc/c/b.p12', path: '/etc/c/b.pem', mode: '0600', return_content: true },
      files: { '/etc/c/x': '' },
      commands: { '*only CERTIFICATE*': `${Buffer.from('PEM').toString('base64')}\n` },
      foretells: { changed: true, filename: '/etc/c/b.pem', pkcs12: null },
      leaves: { '/etc/c/b.pem': { text: 'PEM', mode: 0o600 } },
      trips: 2,
    },
    'a wrong passphrase': {
      args: { action: 'parse', src: '/etc/c/b.p12' },
      commands: { '*only CERTIFICATE*': { rc: 95, stderr: 'Mac verify error: invalid password?\n' } },
      fails: 'Mac verify error: invalid password?',
    },
    removes: { args: { state: 'absent' }, before: 'x', leaves: { '/etc/c/a.p12': null } },
    'keeps a copy of what it removes': {
      args: { state: 'absent', backup: true, return_content: true },
      before: 'x',
      commands: { 'b=/etc/c/a.p12.*': '/etc/c/a.p12.1~' },
      leaves: { '/etc/c/a.p12': null },
      returns: { backup_file: '/etc/c/a.p12.1~', pkcs12: null },
    },
  },
)

testModule(
  privatekey,
  { path: '/nowhere/a.key' },
  {
    'tells in check mode of the key that is there now': {
      args: { path: '/etc/c/a.key', type: 'RSA', return_content: true, regenerate: 'always' },
      before: privateKey,
      commands: { '*openssl genpkey*': privateKey },
      changed: true,
      foretells: expect.objectContaining({
        changed: true,
        privatekey: privateKey,
        fingerprint: expect.objectContaining({ sha1: expect.any(String) }),
      }),
      again: { changed: 'a new key each time' },
    },
    'has no key to tell of in check mode': {
      args: { path: '/etc/c/a.key', return_content: true },
      files: { '/etc/c': { directory: true } },
      commands: { '*openssl genpkey*': privateKey },
      foretells: {
        changed: true,
        filename: '/etc/c/a.key',
        size: 4096,
        type: 'RSA',
        fingerprint: null,
        privatekey: null,
      },
      again: { changed: 'the key of the test has another type' },
    },
    'makes no directory': {
      fails: 'The directory /nowhere does not exist or the file is not a directory',
      returns: { name: '/nowhere' },
    },
  },
)

/** The same for a request: what is at its path goes there, too. */
const requested: FakeHandler = ({ text, stdin }, host) => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-csr-'))
  try {
    for (const name of ['key', 'a.csr']) {
      const content = host.text(`/etc/c/${name}`)
      if (content !== undefined) writeFileSync(join(folder, name), content)
    }
    const { status, stdout, stderr } = spawnSync('sh', ['-c', text.replaceAll('/etc/c/', `${folder}/`)], {
      input: stdin,
    })
    return { rc: status ?? 1, stdout: stdout.toString(), stderr: stderr.toString() }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
// The comparison needs secrets, which travel on standard input: a trip of its own.
const signing = { commands: { '*openssl req -new*': requested }, trips: 2 } as const

testModule(
  csr,
  { path: '/etc/c/a.csr', privatekey_path: '/etc/c/key', common_name: 'www.example.com' },
  {
    'makes a request': {
      args: {
        subject_alt_name: ['DNS:www.example.com', 'IP:192.0.2.7'],
        key_usage: ['digitalSignature'],
        mode: '0600',
      },
      files: { '/etc/c/key': privateKey },
      ...signing,
      leaves: { '/etc/c/a.csr': { mode: 0o600 } },
      changed: true,
      returns: {
        filename: '/etc/c/a.csr',
        privatekey: '/etc/c/key',
        subject: [['CN', 'www.example.com']],
        subjectAltName: ['DNS:www.example.com', 'IP:192.0.2.7'],
        keyUsage: ['digitalSignature'],
      },
    },
    'replaces a request that says something else': {
      files: { '/etc/c/key': privateKey, '/etc/c/a.csr': request },
      ...signing,
      changed: true,
    },
    'takes a key that is not on the host': {
      args: { privatekey_path: undefined, privatekey_content: privateKey, return_content: true },
      files: { '/etc/c': { directory: true } },
      ...signing,
      changed: true,
      foretells: expect.objectContaining({ changed: true, csr: null }),
      returns: { privatekey: null, csr: expect.stringMatching(/^-----BEGIN CERTIFICATE REQUEST-----\n/) },
    },
    'removes a request': { args: { state: 'absent' }, before: request, after: null, changed: true },
    'has nothing to remove': { args: { state: 'absent' }, files: { '/etc/c': { directory: true } }, changed: false },
    'has no such key': {
      files: { '/etc/c': { directory: true } },
      ...signing,
      fails: 'The private key /etc/c/key does not exist',
    },
    'knows no such name': {
      args: { subject_alt_name: ['nonsense'] },
      files: { '/etc/c/key': privateKey },
      ...signing,
      fails: /nonsense/,
    },
  },
)

const parameters = '-----BEGIN DH PARAMETERS-----\nMIGHAoGB\n-----END DH PARAMETERS-----\n'
const dh = (words = 'DH Parameters') => ({
  '* openssl dhparam -check *': (_: unknown, host: FakeHost) =>
    host.text('/etc/c/dh.pem') === parameters ? `    ${words}: (2048 bit)\n    P:   \n` : { rc: 1 },
  '* openssl dhparam -out - 2048 *': parameters,
})

testModule(
  dhparam,
  { path: '/etc/c/dh.pem', size: 2048 },
  {
    'makes parameters': {
      args: { mode: '0640', return_content: true },
      files: { '/etc/c': { directory: true } },
      commands: dh(),
      after: { text: parameters, mode: 0o640 },
      changed: true,
      foretells: { changed: true, filename: '/etc/c/dh.pem', size: 2048, dhparams: null },
      returns: { filename: '/etc/c/dh.pem', size: 2048, dhparams: parameters },
    },
    'leaves parameters of this size, as an older openssl tells it, too': {
      before: parameters,
      commands: dh('PKCS#3 DH Parameters'),
      changed: false,
    },
    'replaces what is no parameters': { before: 'x', commands: dh(), after: parameters, changed: true },
    'removes them': { args: { state: 'absent' }, before: parameters, commands: dh(), after: null, changed: true },
    'makes no directory': {
      commands: dh(),
      fails: "The directory '/etc/c' does not exist or the file is not a directory",
    },
    'needs openssl': {
      files: { '/etc/c': { directory: true } },
      commands: { '* -check *': { rc: 1 }, '* -out - *': { rc: 91 } },
      fails: /^Failed to find required executable "openssl" in paths: /,
    },
  },
)

const sshKey =
  'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBH40kTx3K+UuGTpGPjLwhEiNE/2tPFhJ+Kd6+oKy99QArTHiBgMVOXW1vectvLemODK6LsqONxTkhKP1MG/4haA='

testModule(
  publickey,
  { path: '/etc/c/a.pub', privatekey_path: '/etc/c/key' },
  {
    'writes the public half': {
      args: { mode: '0644', return_content: true },
      files: { '/etc/c/key': privateKey },
      after: { text: publicKey, mode: 0o644 },
      changed: true,
      foretells: {
        changed: true,
        filename: '/etc/c/a.pub',
        privatekey: '/etc/c/key',
        format: 'PEM',
        fingerprint: {},
        publickey: null,
      },
      returns: { filename: '/etc/c/a.pub', privatekey: '/etc/c/key', format: 'PEM', publickey: publicKey },
    },
    'leaves what is so': { before: publicKey, files: { '/etc/c/key': privateKey }, changed: false },
    'tells in check mode what is there now': {
      args: { return_content: true },
      before: 'x',
      files: { '/etc/c/key': privateKey },
      changed: true,
      foretells: {
        changed: true,
        filename: '/etc/c/a.pub',
        privatekey: '/etc/c/key',
        format: 'PEM',
        fingerprint: {},
        publickey: 'x',
      },
    },
    'replaces another key': { before: 'x', files: { '/etc/c/key': privateKey }, after: publicKey, changed: true },
    'writes it for ssh, without the comment': {
      args: { format: 'OpenSSH' },
      files: { '/etc/c/key': privateKey },
      commands: { "ssh-keygen -y -P '' -f /etc/c/key*": `${sshKey} root@testhost\n` },
      after: sshKey,
      changed: true,
    },
    'removes it': { args: { state: 'absent' }, before: publicKey, after: null, changed: true },
    'has no such private key': {
      before: publicKey,
      fails: 'The private key /etc/c/key does not exist',
    },
    'cannot read the private key': {
      args: { privatekey_path: undefined, privatekey_content: 'nonsense' },
      before: publicKey,
      fails: /^The private key cannot be read: /,
    },
  },
)
