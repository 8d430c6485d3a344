import { defineModule } from '../engine/module/define.js'
import { dnfArgs, dnfReturns, dnfRules, manageRpms } from './packages/dnf.js'

export default defineModule({
  name: 'ansible.builtin.dnf',
  summary: 'Packages of Fedora, Red Hat Enterprise Linux and their relatives',
  notes: ['The front end that the host has is used: dnf, dnf5 or yum.'],
  check: 'full',
  args: dnfArgs,
  rules: dnfRules,
  returns: dnfReturns,
  examples: `
- name: Install Apache and a group
  ansible.builtin.dnf:
    name: [httpd, "@development"]
    state: present

- name: Update everything but the kernel
  ansible.builtin.dnf:
    name: "*"
    state: latest
    exclude: kernel*
`,

  run: context => manageRpms(context, ['dnf', 'dnf5', 'yum']),
})
