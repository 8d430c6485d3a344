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
    'names what the authority lacks': {
      args: { provider: 'ownca', csr_content: 'x', ownca_content: 'x' },
      files: { '/srv': { directory: true } },
      fails: 'One of ownca_privatekey_path and ownca_privatekey_content must be specified for the ownca provider.',
    },
  },
)
