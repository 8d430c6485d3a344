import { expect, test } from 'vitest'
import { planSsh } from './config.js'

const plan = (...args: string[]) => planSsh({ host: 'web', args: ['-F', 'none', ...args], home: '/home/me' })

test('flags and -o options are one thing, and the first that says something wins', () => {
  expect(plan('-p', '2222', '-l', 'root', '-oPort=3', '-o', 'User=x')).toMatchObject({ port: 2222, user: 'root' })
  expect(plan('-o', 'HostName web.%h.org').hostname).toBe('web.web.org')
  expect(plan('-i', 'a', '-o', 'IdentityFile="b c"').options.get('identityfile')).toEqual(['a', 'b c'])
  expect(plan('-Cvo', 'ProxyJump=b').options.get('proxyjump')).toEqual(['b'])
})

test('what ssh2 cannot do is named', () => {
  expect(plan('-o', 'ControlMaster=auto', '-o', 'ControlPersist=60s', '-C').beyond).toBeUndefined()
  expect(plan('-o', 'CertificateFile=x').beyond).toBe('CertificateFile x')
  expect(plan('-K').beyond).toBe('GSSAPIAuthentication yes')
  expect(plan('-o', 'SomethingNew=1').beyond).toBe('SomethingNew 1')
  expect(plan('-L', '80:x:80').beyond).toBe('LocalForward 80:x:80')
})
