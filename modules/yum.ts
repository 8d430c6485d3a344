import { defineModule } from '../engine/module/define.js'
import { dnfArgs, dnfReturns, dnfRules, manageRpms } from './packages/dnf.js'

export default defineModule({
  name: 'ansible.builtin.yum',
  summary: 'Packages of Red Hat Enterprise Linux 7 and older; on newer systems the same as dnf',
  notes: ['The front end that the host has is used: dnf, dnf5 or yum.'],
  check: 'full',
  args: dnfArgs,
  rules: dnfRules,
  returns: dnfReturns,
  examples: `
- name: Install Apache and a group
  ansible.builtin.yum:
    name: [httpd, "@development"]
    state: present

- name: Update everything but the kernel
  ansible.builtin.yum:
    name: "*"
    state: latest
    exclude: kernel*
`,

  run: context => manageRpms(context, ['dnf', 'yum', 'dnf5']),
})
