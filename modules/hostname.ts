import { defineModule } from '../engine/module/define.js'
import { quote } from '../engine/remote/quote.js'
import type { Query, ShellText } from '../engine/remote/remote.js'

interface Names {
  readonly current: string
  readonly permanent: string
  readonly fqdn: string
  /** Name in /etc/sysconfig/network, if that has one. */
  readonly sysconfig: string | undefined
  readonly way: 'systemd' | 'sysconfig' | 'openrc' | 'file'
}

const names: Query<Names> = {
  command: `echo "current $(uname -n)"
if [ -d /run/systemd/system ] && command -v hostnamectl >/dev/null 2>&1; then echo "way systemd"; echo "permanent $(hostnamectl --static status 2>/dev/null || cat /etc/hostname)"
elif [ -f /etc/conf.d/hostname ]; then echo "way openrc"; . /etc/conf.d/hostname; echo "permanent $hostname"
elif [ -f /etc/sysconfig/network ] && grep -q '^HOSTNAME=' /etc/sysconfig/network; then echo "way sysconfig"; sed -n 's/^HOSTNAME=/permanent /p' /etc/sysconfig/network
else echo "way file"; read -r name 2>/dev/null </etc/hostname; echo "permanent $name"
fi
sed -n 's/^HOSTNAME=/sysconfig /p' /etc/sysconfig/network 2>/dev/null
echo "fqdn $(hostname -f 2>/dev/null)"` as ShellText,
  parse: stdout => {
    const found = (key: string) => new RegExp(`^${key} (.*)$`, 'm').exec(stdout)?.[1]?.replaceAll('"', '').trim()
    const value = (key: string) => found(key) ?? ''
    return {
      current: value('current'),
      permanent: value('permanent'),
      fqdn: value('fqdn'),
      sysconfig: found('sysconfig'),
      way: (value('way') || 'file') as Names['way'],
    }
  },
}

export default defineModule({
  name: 'ansible.builtin.hostname',
  summary: "The host's name, now and after a reboot",
  check: 'full',
  args: {
    name: { type: 'str', required: true, summary: 'the name' },
    use: {
      type: 'str',
      choices: [
        'alpine',
        'debian',
        'freebsd',
        'generic',
        'macos',
        'macosx',
        'darwin',
        'openbsd',
        'openrc',
        'redhat',
        'sles',
        'solaris',
        'systemd',
      ],
      summary: 'how to set it, instead of asking the host',
    },
  },
  returns: { name: 'the name', ansible_facts: 'the facts that follow from it' },
  order: ['changed', 'name', 'ansible_facts', 'diff'],
  examples: `
- name: Set a name
  ansible.builtin.hostname:
    name: web01
`,

  async run({ args: { name, use }, remote, fail }) {
    if (use && /^(?:freebsd|mac|darwin|openbsd|solaris)/.test(use)) fail(`hostname: use=${use} is not a Linux host`)
    const seen = await remote.query(names)
    const { current, fqdn, way } = seen
    if (use === 'redhat' && seen.sysconfig === undefined)
      fail('Unable to locate HOSTNAME entry in /etc/sysconfig/network')
    const permanent = use === 'redhat' ? seen.sysconfig : seen.permanent
    const chosen =
      use === 'systemd' || (use === 'debian' && way === 'systemd')
        ? 'systemd'
        : use === 'openrc'
          ? 'openrc'
          : use === 'redhat'
            ? 'sysconfig'
            : use === undefined
              ? way
              : 'file'
    const word = quote(name)
    // The kept name first: a name that is refused changes nothing that a reboot would bring back.
    const steps: string[] = []
    if (permanent !== name) {
      if (chosen === 'systemd') {
        steps.push(`hostnamectl --pretty set-hostname ${word}`, `hostnamectl --static set-hostname ${word}`)
      } else if (chosen === 'openrc')
        steps.push(`sed -i ${quote(`s/^hostname=.*/hostname="${name}"/`)} /etc/conf.d/hostname`)
      else if (chosen === 'sysconfig') {
        steps.push(
          `{ sed -i '/^HOSTNAME=/d' /etc/sysconfig/network; printf 'HOSTNAME=%s\\n' ${word} >>/etc/sysconfig/network; }`,
        )
      } else steps.push(`printf '%s\\n' ${word} >/etc/hostname`)
    }
    if (current !== name)
      steps.push(chosen === 'systemd' ? `hostnamectl --transient set-hostname ${word}` : `hostname ${word}`)
    if (steps.length > 0) {
      const { rc, stdout, stderr } = await remote.exec({ shell: steps.join(' && '), why: `set the name ${name}` })
      if (rc !== 0) fail(`Command failed rc=${rc}, out=${stdout}, err=${stderr}`)
    }
    const full = steps.length > 0 && !remote.checkMode ? name : fqdn || name
    return {
      changed: steps.length > 0,
      name,
      ...(steps.length > 0 && {
        diff: {
          after: `hostname = ${name}\n`,
          before: `hostname = ${permanent !== name ? permanent : current}\n`,
        },
      }),
      ansible_facts: {
        ansible_hostname: name.split('.')[0],
        ansible_nodename: name,
        ansible_fqdn: full,
        ansible_domain: full.split('.').slice(1).join('.'),
      },
    }
  },
})
