import { defineModule } from '../engine/module/define.js'
import { plainRequest, requestOf } from './http/options.js'
import { httpRequest, httpTool } from './http/request.js'

export default defineModule({
  name: 'community.general.ipify_facts',
  summary: 'Tell the public address of the host, as ipify.org sees it',
  check: 'full',
  args: {
    api_url: { type: 'str', default: 'https://api.ipify.org/', summary: 'the service to ask' },
    timeout: { type: 'int', default: 10, summary: 'seconds to wait for it' },
    validate_certs: { type: 'bool', default: true, summary: 'check the certificate of the server' },
  },
  returns: { ansible_facts: 'ipify_public_ip: the address' },
  examples: `
- name: Find the public address
  community.general.ipify_facts:
    timeout: 20
`,

  async run({ args, remote, fail }) {
    const { api_url, timeout, validate_certs } = args
    const options = { ...plainRequest, url: `${api_url}?format=json`, timeout, validate_certs }
    const request = requestOf(options, { method: 'GET', follow: 'urllib2' })
    const { body } = await httpRequest(remote, await remote.query(httpTool), request, fail)
    try {
      const { ip = null } = JSON.parse(body.toString()) as { ip?: string }
      return { changed: false, ansible_facts: { ipify_public_ip: ip } }
    } catch {
      return fail(`No valid or no response from url ${api_url} within ${timeout} seconds (timeout)`)
    }
  },
})
