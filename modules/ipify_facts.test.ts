import { testModule } from '../engine/module/test.js'
import { fakeServer } from './http/server.fake.js'
import ipifyFacts from './ipify_facts.js'

const answers = (body: string) => [...fakeServer({ head: 'HTTP/1.1 200 OK\n', body })]

testModule(
  ipifyFacts,
  { api_url: 'http://ip.example/', timeout: 3 },
  {
    'tells the address': {
      commands: answers('{"ip":"203.0.113.9"}'),
      changed: false,
      trips: 2,
      returns: { ansible_facts: { ipify_public_ip: '203.0.113.9' } },
    },
    'tells none when the service names none': {
      commands: answers('{}'),
      changed: false,
      trips: 2,
      returns: { ansible_facts: { ipify_public_ip: null } },
    },
    'fails on an answer that is none': {
      commands: answers('<html>'),
      fails: 'No valid or no response from url http://ip.example/ within 3 seconds (timeout)',
    },
  },
)
