import { defineModule } from '../engine/module/define.js'
import { download } from './http/download.js'
import { httpTool } from './http/request.js'

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
    const asked = { url: `${api_url}?format=json`, timeout, validate_certs }
    const { body } = await download({ remote, fail }, await remote.query(httpTool), asked)
    try {
      const { ip = null } = JSON.parse(body.toString()) as { ip?: string }
      return { changed: false, ansible_facts: { ipify_public_ip: ip } }
    } catch {
      return fail(`No valid or no response from url ${api_url} within ${timeout} seconds (timeout)`)
    }
  },
})
