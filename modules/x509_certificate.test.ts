import { testModule } from '../engine/module/test.js'
import certificate from './x509_certificate.js'

testModule(
  certificate,
  { path: '/srv/a.crt' },
  {
    'names the key that a self-signed one lacks': {
      args: { provider: 'selfsigned' },
      files: { '/srv': { directory: true } },
      fails: 'One of privatekey_path and privatekey_content must be specified for the selfsigned provider.',
    },
    'makes no certificate of version 2': {
      args: { provider: 'selfsigned', privatekey_path: '/srv/k', selfsigned_version: 2 },
      files: { '/srv': { directory: true } },
      fails: 'The cryptography backend does not support v2 certificates',
    },
    'in check mode it returns what is there now': {
      args: { provider: 'selfsigned', privatekey_path: '/srv/k', return_content: true },
      before: 'old',
      commands: { '*openssl ca*': 'new' },
      changed: true,
      returns: { certificate: 'new' },
      foretells: { certificate: 'old', changed: true, csr: null, filename: '/srv/a.crt', privatekey: '/srv/k' },
      again: { changed: 'the host of the test signs anew each time' },
    },
    'names what the authority lacks': {
      args: { provider: 'ownca', csr_content: 'x', ownca_content: 'x' },
      files: { '/srv': { directory: true } },
      fails: 'One of ownca_privatekey_path and ownca_privatekey_content must be specified for the ownca provider.',
    },
  },
)
