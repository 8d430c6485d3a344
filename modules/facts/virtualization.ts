import type { Collector } from './collector.js'
import type { Sections } from './sections.js'

interface Guess {
  readonly type: string
  readonly role: 'guest' | 'host' | 'NA'
}

export const virtualization: Collector = {
  name: 'virtual',
  also: ['virtualization_type', 'virtualization_role', 'virtualization_tech_guest', 'virtualization_tech_host'],
  script: `section virtual
for file in /.dockerenv /.dockerinit /run/.containerenv /proc/vz /proc/lve /proc/xen /sys/hypervisor/type /proc/cpuinfo; do [ ! -e $file ] || printf 'exists %s\\n' $file; done
[ ! -d /proc/vz ] || [ -d /proc/bc ] || echo openvz_guest
tr '\\000' '\\n' </proc/1/environ 2>/dev/null | grep '^container=' | sed 's/^/pid1 /'
[ ! -r /run/systemd/container ] || { read -r line </run/systemd/container; printf 'systemd %s\\n' "$line"; }
sed 's/^/cgroup /' /proc/1/cgroup 2>/dev/null; sed 's/^/selfcgroup /' /proc/self/cgroup 2>/dev/null
[ ! -r /proc/xen/capabilities ] || sed 's/^/xencap /' /proc/xen/capabilities
[ ! -r /sys/hypervisor/type ] || sed 's/^/hypervisor /' /sys/hypervisor/type
for name in product_name sys_vendor bios_vendor product_family; do [ ! -r /sys/devices/virtual/dmi/id/$name ] || { read -r line </sys/devices/virtual/dmi/id/$name; printf '%s %s\\n' $name "$line"; }; done
sed -n 's/^\\([a-z_0-9]*\\) .*/module \\1/p' /proc/modules 2>/dev/null | grep -E '^module (kvm|vboxdrv|vboxguest|vmware|hv_|virtio|xen)'
[ ! -e /dev/kvm ] || echo devkvm
sed -n 's/^\\(flags\\|model name\\|vendor_id\\|Features\\).*hypervisor.*/hypervisor_flag/p; s/^model name.*QEMU Virtual CPU.*/qemu_cpu/p; s/^vendor_id.*User Mode Linux.*/uml/p; s/^vendor_id.*IBM\\/S390.*/s390/p; s/^vendor_id.*PowerVM.*/powervm/p; s/^.*: *PowerVM Lx86.*/powervm/p' /proc/cpuinfo 2>/dev/null | sort -u
sed -n 's/^VxID: *\\(.*\\)/vxid \\1/p' /proc/self/status 2>/dev/null
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
  const lines = sections.lines('virtual')
  const value = (key: string) => lines.find(line => line.startsWith(`${key} `))?.slice(key.length + 1) ?? ''
  const exists = (path: string) => lines.includes(`exists ${path}`)
  const module = (name: string) => lines.some(line => line === `module ${name}`)
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

  const cgroup = lines.filter(line => line.startsWith('cgroup ')).join('\n')
  const pid1 = /container=(.*)/.exec(value('pid1'))?.[1]
  if (/\/docker(?:\/|-[0-9a-f]+\.scope)/.test(cgroup) || exists('/.dockerenv') || exists('/.dockerinit'))
    guestOf('docker', ['container'])
  if (/\/lxc\//.test(cgroup) || pid1 === 'lxc') guestOf('lxc', ['container'])
  if (/\/system\.slice\/containerd\.service/.test(cgroup)) guestOf('containerd', ['container'])
  if (pid1 === 'podman' || exists('/run/.containerenv')) guestOf('podman', ['container'])
  if (pid1 && !['lxc', 'podman'].includes(pid1)) guestOf('container')
  if (exists('/proc/vz') && lines.includes('openvz_guest')) guestOf('openvz', ['container'])
  else if (exists('/proc/vz') && !exists('/proc/lve')) hostOf('openvz')
  if (value('vxid')) (value('vxid') === '0' ? hostOf : guestOf)('linux_vserver')
  if (exists('/proc/xen') || value('hypervisor') === 'xen')
    (value('xencap').includes('control_d') ? hostOf : guestOf)('xen')

  if (value('systemd')) guestOf(value('systemd'))

  const product = value('product_name')
  const vendor = value('sys_vendor')
  const bios = value('bios_vendor')
  const family = value('product_family')
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
  if (lines.includes('qemu_cpu')) guestOf('kvm')
  if (lines.includes('uml')) guestOf('uml')
  if (lines.includes('powervm')) guestOf('powervm_lx86')
  if (lines.includes('s390')) guestOf('PR/SM')

  if (module('kvm') || lines.includes('devkvm')) hostOf('kvm')
  if (module('vboxdrv')) hostOf('virtualbox')
  if (module('virtio')) guestOf('kvm')
  if (!chosen && (lines.includes('hypervisor_flag') || exists('/sys/hypervisor/type')))
    chosen = { type: 'NA', role: 'NA' }
  return { guest, host, chosen: chosen ?? { type: 'NA', role: 'NA' as const } }
}
