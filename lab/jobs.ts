/** The three jobs of the book: which playbook, on which hosts, and how to see what it did. */

export interface Job {
  readonly name: string
  readonly title: string
  readonly playbook: string
  /** Arguments of `understudy playbook` beside the inventory and the playbook. */
  readonly args: readonly string[]
  /** Asked on the host before and after. */
  readonly look: { readonly host: string; readonly command: string }
}

export const JOBS: readonly Job[] = [
  {
    name: 'migrate',
    title: 'move an instance to another hypervisor (OpenStack administration, chapter 6)',
    playbook: 'migrate.yml',
    args: [],
    look: { host: '172.29.236.199', command: 'openstack server list --name testG --long; nova service-list' },
  },
  {
    name: 'installkvm',
    title: 'install KVM on four hypervisors (KVM virtualization, chapter 11)',
    playbook: 'installkvm.yaml',
    args: ['-l', 'cloudhosts'],
    look: { host: '10.0.0.1', command: 'rpm -q qemu-kvm libvirt virt-install; systemctl is-active libvirtd; lsmod' },
  },
  {
    name: 'lamp',
    title: 'install a LAMP server (KVM virtualization, chapter 11)',
    playbook: 'lamp.yaml',
    args: [],
    look: {
      host: 'web1',
      command: "rpm -q httpd mariadb-server php; curl -s http://localhost/index.php; mysql -e 'SHOW DATABASES'",
    },
  },
]
