import type { ModuleResult } from '../engine/module/define.js'
import { defineModule } from '../engine/module/define.js'
import { packageManager } from './queries/package-manager.js'

/** Package managers by the value of ansible_pkg_mgr, where the module has another name. */
const moduleOf: { readonly [manager: string]: string } = {
  apk: 'community.general.apk',
  dnf5: 'ansible.builtin.dnf5',
  pacman: 'community.general.pacman',
  zypper: 'community.general.zypper',
  pkgng: 'community.general.pkgng',
  openbsd_pkg: 'community.general.openbsd_pkg',
}

export default defineModule({
  name: 'ansible.builtin.package',
  summary: 'Packages, whatever the package manager',
  notes: ['Options other than these are handed to the module of the package manager, which may know them.'],
  check: 'full',
  anyArgs: true,
  args: {
    // Both are documented as required, but Ansible leaves that to the package manager's module (`list: kernel` has no name).
    name: { type: 'raw', aliases: ['pkg'], summary: 'packages, in the words of the package manager' },
    state: { type: 'str', summary: 'present, absent, latest and what else the package manager knows' },
    use: { type: 'str', default: 'auto', summary: 'the package manager, instead of asking the host' },
  },
  returns: { changed: 'whether something was installed or removed; more is in the docs of the package manager' },
  examples: `
- name: Install ntpdate
  ansible.builtin.package:
    name: ntpdate
    state: present
`,

  async run({ args, remote, task, fail, call }): Promise<ModuleResult> {
    const { use, ...rest } = args
    const fact = await task.variable('ansible_pkg_mgr')
    const manager =
      use !== 'auto' ? use : typeof fact === 'string' && fact !== 'unknown' ? fact : await remote.query(packageManager)
    if (manager === 'unknown')
      return fail('Could not detect which package manager to use. Try gathering facts or setting the "use" option.')
    const module = manager.includes('.') ? manager : (moduleOf[manager] ?? `ansible.builtin.${manager}`)
    return call(module, { ...(await task.moduleDefaults?.(module)), ...rest })
  },
})
