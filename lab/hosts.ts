/** The hosts of the book, by inventory group, and what they start with. */

export interface LabPlan {
  readonly name: string
  readonly groups: readonly string[]
  /** Files of its state folder, which the stand-ins read and write. */
  readonly state: { readonly [file: string]: string }
}

const INSTANCE = 'testG-2c00131c-c2c7-4eae-aa90-981e54ca7b04'

/** Three compute nodes, the instance of the chapter on the first, another one on the second. */
const cloud = {
  hypervisors: '021579-compute01 enabled\n021579-compute02 enabled\n021579-compute03 enabled\n',
  instances:
    `2c00131c-c2c7-4eae-aa90-981e54ca7b04 ${INSTANCE} ACTIVE private=10.0.10.11 nova 021579-compute01\n` +
    '7d1e4f10-93ca-4485-a797-e7f781a7a25b other-instance ACTIVE private=10.0.10.12 nova 021579-compute02\n',
}

const bare = { packages: '' }

export const LAB_HOSTS: readonly LabPlan[] = [
  { name: '172.29.236.199', groups: ['util_container'], state: { ...bare, ...cloud } },
  ...[1, 2, 3, 4].map(number => ({ name: `10.0.0.${number}`, groups: ['cloudhosts'], state: bare })),
  { name: 'web1', groups: ['lamp', 'web'], state: bare },
  { name: 'db1', groups: ['database'], state: bare },
]

/** Files that a lab host has of its own, so that facts and package modules see CentOS 7. */
export const LAB_FILES: { readonly [path: string]: string } = {
  '/etc/os-release':
    'NAME="CentOS Linux"\nVERSION="7 (Core)"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\nPRETTY_NAME="CentOS Linux 7 (Core)"\n',
  '/etc/centos-release': 'CentOS Linux release 7.9.2009 (Core)\n',
  '/etc/redhat-release': 'CentOS Linux release 7.9.2009 (Core)\n',
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\napache:x:48:48:Apache:/var/www:/sbin/nologin\n',
  '/etc/group': 'root:x:0:\napache:x:48:\n',
  '/etc/hosts': '127.0.0.1 localhost\n',
  '/proc/1/comm': 'systemd\n',
  '/usr/bin/yum': '',
}

export const LAB_FOLDERS = [
  '/tmp',
  '/root',
  '/home',
  '/opt',
  '/srv',
  '/var/lib',
  '/var/log',
  '/var/tmp',
  '/usr/local/bin',
]

/** Programs that would change the machine itself, and have no stand-in. */
export const REFUSED =
  `adduser apk apt apt-get chpasswd crontab deluser dpkg groupadd groupdel groupmod halt hostnamectl
  init ip6tables iptables loginctl mkfs modprobe mount pacman passwd poweroff reboot rmmod service shutdown swapoff swapon
  sysctl telinit timedatectl umount update-alternatives useradd userdel usermod visudo zypper`
    .trim()
    .split(/\s+/)
