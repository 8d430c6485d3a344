import type { Collector } from './collector.js'
import type { Sections } from './sections.js'

interface Guess {
  readonly type: string
  readonly role: 'guest' | 'host' | 'NA'
}

const dmi = '/sys/devices/virtual/dmi/id'

/** Files whose mere existence says something. */
const signs = ['/.dockerenv', '/.dockerinit', '/run/.containerenv', '/proc/vz', '/proc/bc', '/proc/lve', '/proc/xen']

export const virtualization: Collector = {
  name: 'virtual',
  also: ['virtualization_type', 'virtualization_role', 'virtualization_tech_guest', 'virtualization_tech_host'],
  files: [
    ...['product_name', 'sys_vendor', 'bios_vendor', 'product_family'].map(name => `${dmi}/${name}`),
    ...['1/cgroup', 'xen/capabilities', 'modules', 'cpuinfo', 'self/status'].map(name => `/proc/${name}`),
    '/sys/hypervisor/type',
    '/run/systemd/container',
  ],
  links: [...signs, '/dev/kvm'],
  script: `section pid1; { tr '\\000' '\\n' </proc/1/environ; } 2>/dev/null
`,
  read: sections => {
    const { guest, host, chosen } = look(sections)
    return {
      virtualization_type: chosen.type,
      virtualization_role: chosen.role,
      virtualization_tech_guest: [...guest].sort(),
      virtualization_tech_host: [...host].sort(),
    }
  },
}

/** Containers decide before machines, guests before hosts; every technology seen is listed. */
function look(sections: Sections) {
  const exists = (path: string) => sections.links.has(path)
  const cpu = sections.file('/proc/cpuinfo')
  const modules = sections.file('/proc/modules').split('\n')
  const module = (name: string) => modules.some(line => line.startsWith(`${name} `))
  const guest = new Set<string>()
  const host = new Set<string>()
  let chosen: Guess | undefined
  const guestOf = (type: string, also: readonly string[] = []) => {
    for (const one of [type, ...also]) guest.add(one)
    chosen ??= { type, role: 'guest' }
  }
  const hostOf = (type: string) => {
    host.add(type)
    chosen ??= { type, role: 'host' }
  }

  const cgroup = sections.file('/proc/1/cgroup')
  const pid1 = /^container=(.*)/m.exec(sections.text('pid1'))?.[1]
  if (/\/docker(?:\/|-[0-9a-f]+\.scope)/.test(cgroup) || exists('/.dockerenv') || exists('/.dockerinit'))
    guestOf('docker', ['container'])
  if (/\/lxc\//.test(cgroup) || pid1 === 'lxc') guestOf('lxc', ['container'])
  if (/\/system\.slice\/containerd\.service/.test(cgroup)) guestOf('containerd', ['container'])
  if (pid1 === 'podman' || exists('/run/.containerenv')) guestOf('podman', ['container'])
  if (pid1 && !['lxc', 'podman'].includes(pid1)) guestOf('container')
  if (exists('/proc/vz') && !exists('/proc/bc')) guestOf('openvz', ['container'])
  else if (exists('/proc/vz') && !exists('/proc/lve')) hostOf('openvz')
  const vxid = /^VxID:\s*(.*)/m.exec(sections.file('/proc/self/status'))?.[1]
  if (vxid) (vxid === '0' ? hostOf : guestOf)('linux_vserver')
  const hypervisor = sections.firstLine('/sys/hypervisor/type')
  if (exists('/proc/xen') || hypervisor === 'xen')
    (sections.file('/proc/xen/capabilities').includes('control_d') ? hostOf : guestOf)('xen')

  const systemd = sections.firstLine('/run/systemd/container')
  if (systemd) guestOf(systemd)

  const firmware = (name: string) => sections.firstLine(`${dmi}/${name}`)?.trim() ?? ''
  const [product, vendor] = [firmware('product_name'), firmware('sys_vendor')]
  const [bios, family] = [firmware('bios_vendor'), firmware('product_family')]
  if (/^(?:KVM|KVM Server|Bochs|AHV)$/.test(product)) guestOf('kvm')
  if (vendor === 'oVirt') guestOf(product.includes('RHEV') ? 'RHEV' : 'oVirt', ['kvm'])
  if (/RHEV Hypervisor|oVirt Node/.test(product)) guestOf('RHEV', ['kvm'])
  if (/^(?:OpenStack Compute|OpenStack Nova)$/.test(product)) guestOf('openstack', ['kvm'])
  if (/VMware/.test(product)) guestOf('VMware')
  if (product === 'Standard PC (i440FX + PIIX, 1996)' || product === 'Standard PC (Q35 + ICH9, 2009)') guestOf('kvm')
  if (bios === 'Xen') guestOf('xen')
  if (bios === 'innotek GmbH' || product === 'VirtualBox') guestOf('virtualbox')
  if (/^Bochs|BHYVE/.test(bios)) guestOf(bios === 'BHYVE' ? 'bhyve' : 'kvm')
  if (family === 'RHV' || family === 'oVirt') guestOf('RHEV', ['kvm'])
  const vendors: { readonly [name: string]: string } = {
    'Microsoft Corporation': product === 'Virtual Machine' ? 'VirtualPC' : '',
    'Parallels Software International Inc.': 'parallels',
    QEMU: 'kvm',
    'OpenStack Foundation': 'openstack',
    'Amazon EC2': 'kvm',
    DigitalOcean: 'kvm',
    Google: 'kvm',
    Hetzner: 'kvm',
    Xen: 'xen',
    Nutanix: 'kvm',
    KubeVirt: 'kvm',
  }
  if (vendors[vendor]) guestOf(vendors[vendor], vendors[vendor] === 'openstack' ? ['kvm'] : [])
  if (product === 'Google Compute Engine') guestOf('kvm')
  if (/^model name.*QEMU Virtual CPU/m.test(cpu)) guestOf('kvm')
  if (/^vendor_id.*User Mode Linux/m.test(cpu)) guestOf('uml')
  if (/^vendor_id.*PowerVM|: *PowerVM Lx86/m.test(cpu)) guestOf('powervm_lx86')
  if (/^vendor_id.*IBM\/S390/m.test(cpu)) guestOf('PR/SM')

  if (module('kvm') || exists('/dev/kvm')) hostOf('kvm')
  if (module('vboxdrv')) hostOf('virtualbox')
  if (module('virtio')) guestOf('kvm')
  if (!chosen && (/^(?:flags|model name|vendor_id|Features).*hypervisor/m.test(cpu) || hypervisor !== undefined))
    chosen = { type: 'NA', role: 'NA' }
  return { guest, host, chosen: chosen ?? { type: 'NA', role: 'NA' as const } }
}
