import { defineModule } from '../engine/module/define.js'
import { dnfArgs, dnfReturns, dnfRules, manageRpms } from './packages/dnf.js'

export default defineModule({
  name: 'ansible.builtin.dnf5',
  summary: 'Packages by dnf5',
  notes: ['The front end that the host has is used: dnf, dnf5 or yum.'],
  check: 'full',
  args: dnfArgs,
  rules: dnfRules,
  returns: dnfReturns,
  examples: `
- name: Install Apache and a group
  ansible.builtin.dnf5:
    name: [httpd, "@development"]
    state: present

- name: Update everything but the kernel
  ansible.builtin.dnf5:
    name: "*"
    state: latest
    exclude: kernel*
`,

  run: context => manageRpms(context, ['dnf5', 'dnf', 'yum']),
})
