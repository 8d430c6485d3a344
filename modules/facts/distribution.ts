import type { Collector } from './collector.js'
import { assignments, type Sections } from './sections.js'

/** os_family by distribution, as Ansible groups them; any other distribution is its own family. */
const families: { readonly [family: string]: readonly string[] } = {
  RedHat:
    'RedHat RHEL Fedora CentOS Scientific SLC Ascendos CloudLinux PSBM OracleLinux OVS OEL Amazon Virtuozzo XenServer Alibaba EulerOS openEuler AlmaLinux Rocky TencentOS EuroLinux MIRACLE'
      .split(' ')
      .concat('Kylin Linux Advanced Server'),
  Debian: [
    'Debian',
    'Ubuntu',
    'Raspbian',
    'Neon',
    'KDE neon',
    'Linux Mint',
    'SteamOS',
    'Devuan',
    'Kali',
    'Cumulus Linux',
    'Pop!_OS',
    'Parrot',
    'Pardus GNU/Linux',
    'Uos',
    'Deepin',
    'OSMC',
    'Linux Mint Debian Edition',
  ],
  Suse: [
    'SuSE',
    'SLES',
    'SLED',
    'openSUSE',
    'openSUSE Tumbleweed',
    'SLES_SAP',
    'SUSE_LINUX',
    'openSUSE Leap',
    'ALP-Dolomite',
    'SL-Micro',
    'openSUSE MicroOS',
  ],
  Archlinux: ['Archlinux', 'Antergos', 'Manjaro'],
  Mandrake: ['Mandrake', 'Mandriva'],
  Gentoo: ['Gentoo', 'Funtoo'],
  ClearLinux: ['Clear Linux OS', 'Clear Linux Mix'],
}

interface Distribution {
  name: string
  version?: string | undefined
  minor?: string | undefined
  release?: string | undefined
  file?: { path: string; variety: string } | undefined
}

export const osReleaseFiles = ['/etc/os-release', '/usr/lib/os-release']

export const osRelease = (sections: Sections): { [key: string]: string } =>
  assignments(osReleaseFiles.map(file => sections.file(file)).find(Boolean) ?? '')

const releaseFiles = [
  'altlinux-release',
  'oracle-release',
  'slackware-version',
  'centos-release',
  'redhat-release',
  'openwrt_release',
  'system-release',
  'alpine-release',
  'arch-release',
  'SuSE-release',
  'gentoo-release',
  'debian_version',
  'lsb-release',
].map(name => `/etc/${name}`)

export const distribution: Collector = {
  name: 'distribution',
  also: ['distribution_version', 'distribution_release', 'distribution_major_version', 'os_family'],
  minimal: true,
  files: [...osReleaseFiles, ...releaseFiles],
  links: releaseFiles,
  read: sections => {
    const found = detect(sections)
    const version = found.version || 'NA'
    const parts = version.split('.')
    const minor = found.minor ?? (found.file?.variety === 'Amazon' ? parts[1] : undefined)
    return {
      distribution: found.name,
      distribution_version: version,
      distribution_major_version: parts[0],
      ...(minor === undefined ? {} : { distribution_minor_version: minor }),
      // What says that it has no codename has '', what says nothing has NA.
      distribution_release: found.release ?? 'NA',
      ...(found.file
        ? {
            distribution_file_path: found.file.path,
            distribution_file_variety: found.file.variety,
            distribution_file_parsed: true,
          }
        : {}),
      os_family: Object.keys(families).find(family => families[family]!.includes(found.name)) ?? found.name,
    }
  },
}

function detect(sections: Sections): Distribution {
  const os = osRelease(sections)
  const id = (os.ID ?? '').toLowerCase()
  const lsb = assignments(sections.file('/etc/lsb-release'))
  const file = (name: string) => sections.file(`/etc/${name}`).trim()
  const exists = (name: string) => sections.links.has(`/etc/${name}`)
  const release = codename(os, lsb, `${file('redhat-release')}\n${file('oracle-release')}`)
  const base = { version: os.VERSION_ID, release }
  const inFile = (text: string) => /release ([\d.]+)/.exec(text)?.[1]

  if (file('altlinux-release'))
    return { ...base, name: 'Altlinux', file: { path: '/etc/altlinux-release', variety: 'Altlinux' } }
  if (file('oracle-release')) {
    return {
      ...base,
      name: 'OracleLinux',
      version: inFile(file('oracle-release')) ?? os.VERSION_ID,
      file: { path: '/etc/oracle-release', variety: 'OracleLinux' },
    }
  }
  if (file('slackware-version')) {
    return {
      ...base,
      name: 'Slackware',
      version: /(\d[\d.]*)/.exec(file('slackware-version'))?.[1],
      file: { path: '/etc/slackware-version', variety: 'Slackware' },
    }
  }
  // Others carry this file too, and CentOS Linux itself is told by redhat-release.
  const centos = file('centos-release')
  if (/CentOS Stream|TencentOS Server/.test(centos)) {
    const own = assignments(sections.file('/etc/centos-release'))
    return {
      name: centos.includes('TencentOS') ? 'TencentOS' : 'CentOS',
      version: shortened(inFile(centos) ?? own.VERSION_ID ?? os.VERSION_ID),
      release: centos.includes('CentOS Stream') ? 'Stream' : (codename(own, {}, centos) ?? release),
      file: { path: '/etc/centos-release', variety: 'CentOS' },
    }
  }
  const amazon = file('system-release').includes('Amazon')
  if (file('redhat-release') && id !== 'amzn' && !amazon) {
    const text = file('redhat-release')
    const name = /^Red Hat/.test(text)
      ? 'RedHat'
      : /^Kylin/.test(text)
        ? 'Kylin Linux Advanced Server'
        : (text.split(/\s/)[0] ?? 'RedHat')
    return {
      name,
      version: shortened(inFile(text) ?? os.VERSION_ID),
      release,
      file: { path: '/etc/redhat-release', variety: 'RedHat' },
    }
  }
  if (exists('openwrt_release')) {
    const text = file('openwrt_release')
    const value = (key: string) => new RegExp(`^${key}=['"]?([^'"\\n]*)`, 'm').exec(text)?.[1]
    return {
      name: 'OpenWrt',
      version: value('DISTRIB_RELEASE'),
      release: value('DISTRIB_CODENAME'),
      file: { path: '/etc/openwrt_release', variety: 'OpenWrt' },
    }
  }
  if (id === 'amzn' || amazon) {
    return {
      ...base,
      name: 'Amazon',
      version: os.VERSION_ID ?? /release (?:version )?([\d.]+)/.exec(file('system-release'))?.[1],
      file: { path: amazon ? '/etc/system-release' : '/etc/os-release', variety: 'Amazon' },
    }
  }
  if (file('alpine-release'))
    return {
      name: 'Alpine',
      version: file('alpine-release'),
      release,
      file: { path: '/etc/alpine-release', variety: 'Alpine' },
    }
  if (id === 'manjaro') return { ...base, name: 'Manjaro', file: { path: '/etc/arch-release', variety: 'Archlinux' } }
  if (exists('arch-release') || id === 'arch')
    return {
      name: 'Archlinux',
      version: os.VERSION_ID || os.BUILD_ID,
      release,
      file: {
        path: exists('arch-release') ? '/etc/arch-release' : '/etc/os-release',
        variety: 'Archlinux',
      },
    }
  if (/suse|sles|sled|sl-micro/.test(id)) return suse(os)
  if (id === '' && /SUSE Linux Enterprise/.test(file('SuSE-release'))) return oldSuse(file('SuSE-release'))
  if (exists('gentoo-release')) {
    return {
      ...base,
      name: 'Gentoo',
      version: inFile(file('gentoo-release')) ?? os.VERSION_ID,
      file: { path: '/etc/gentoo-release', variety: 'Gentoo' },
    }
  }
  const debian = debianName(os)
  if (debian)
    return {
      ...base,
      ...debianDetails(os, lsb, file('debian_version'), release),
      name: debian,
      file: { path: '/etc/os-release', variety: 'Debian' },
    }
  if (id === 'flatcar')
    return { version: os.VERSION_ID, name: 'Flatcar', file: { path: '/etc/os-release', variety: 'Flatcar' } }
  if (id === 'coreos')
    return {
      ...base,
      name: os.NAME === 'CoreOS' ? 'CoreOS' : 'Coreos',
      file: { path: '/etc/os-release', variety: 'Coreos' },
    }
  if (id === 'clear-linux-os')
    return {
      ...base,
      name: 'Clear Linux OS',
      release: id,
      file: { path: '/usr/lib/os-release', variety: 'ClearLinux' },
    }
  if (id === '' && lsb.DISTRIB_ID === 'Ubuntu') {
    return {
      name: 'Ubuntu',
      version: lsb.DISTRIB_RELEASE,
      release: lsb.DISTRIB_CODENAME,
      file: { path: '/etc/lsb-release', variety: 'Debian' },
    }
  }
  const name = id === '' ? 'OtherLinux' : (os.NAME ?? id.charAt(0).toUpperCase() + id.slice(1))
  return { ...base, name, file: id === '' ? undefined : { path: '/etc/os-release', variety: 'NA' } }
}

/** CentOS 7.9.2009 is 7.9. */
const shortened = (version: string | undefined) => version?.split('.').slice(0, 2).join('.')

type Assignments = { readonly [key: string]: string }

/** The name of a release. An empty one in os-release is on purpose: there is none. */
function codename(os: Assignments, lsb: Assignments, releaseFile: string): string | undefined {
  const inParentheses = (text: string) => /\((\D+)\)|,\s*(\D+)/.exec(text)?.slice(1).find(Boolean)
  return (
    os.VERSION_CODENAME ??
    (os.UBUNTU_CODENAME ||
      (os.ID === 'ubuntu' ? lsb.DISTRIB_CODENAME : undefined) ||
      inParentheses(os.VERSION ?? '') ||
      lsb.DISTRIB_CODENAME ||
      inParentheses(releaseFile.split('\n').find(line => line.includes('(')) ?? ''))
  )
}

/** SLES 11 and its relatives had no os-release. */
function oldSuse(text: string): Distribution {
  const value = (key: string) => new RegExp(`^${key}\\s*=\\s*(\\S+)`, 'm').exec(text)?.[1]
  const patchLevel = value('PATCHLEVEL') ?? '0'
  return {
    name: /Desktop/.test(text) ? 'SLED' : 'SLES',
    version: `${value('VERSION')}.${patchLevel}`,
    release: patchLevel,
    file: { path: '/etc/SuSE-release', variety: 'SUSE' },
  }
}

function suse(os: Assignments): Distribution {
  const file = { path: '/etc/os-release', variety: 'SUSE' }
  const id = os.ID ?? ''
  if (/opensuse/i.test(id) || /opensuse/i.test(os.NAME ?? '')) {
    const name =
      id === 'opensuse-leap'
        ? 'openSUSE Leap'
        : id === 'opensuse-tumbleweed'
          ? 'openSUSE Tumbleweed'
          : (os.NAME ?? 'openSUSE')
    return { name, version: os.VERSION_ID, release: os.VERSION_CODENAME || os.VERSION_ID?.split('.')[1] || '', file }
  }
  const servicePack = /SP(\d+)/.exec(os.VERSION ?? '')?.[1] ?? os.VERSION_ID?.split('.')[1] ?? '0'
  if (id === 'sl-micro') return { name: 'SL-Micro', version: os.VERSION_ID, file }
  const name = id === 'sles_sap' ? 'SLES_SAP' : id === 'sled' ? 'SLED' : 'SLES'
  return { name, version: os.VERSION_ID, release: servicePack, file }
}

function debianName(os: Assignments): string | undefined {
  const id = (os.ID ?? '').toLowerCase()
  const byId: { [id: string]: string } = {
    debian: 'Debian',
    raspbian: 'Debian',
    ubuntu: 'Ubuntu',
    linuxmint: 'Linux Mint',
    kali: 'Kali',
    devuan: 'Devuan',
    neon: 'KDE neon',
    pop: 'Pop!_OS',
    parrot: 'Parrot',
    steamos: 'SteamOS',
    deepin: 'Deepin',
    uos: 'Uos',
    'cumulus-linux': 'Cumulus Linux',
    pardus: 'Pardus GNU/Linux',
    osmc: 'OSMC',
  }
  return byId[id] ?? (/\b(?:debian|ubuntu)\b/.test(os.ID_LIKE ?? '') ? (os.NAME ?? id) : undefined)
}

/** What the relatives of Debian say elsewhere than Debian. */
function debianDetails(
  os: Assignments,
  lsb: Assignments,
  debianVersion: string,
  release: string | undefined,
): Pick<Distribution, 'version' | 'release' | 'minor'> {
  const pretty = os.PRETTY_NAME?.split(' ').at(-1)
  switch (os.ID) {
    case 'debian':
    case 'raspbian':
      // "stretch/sid" is the release that is being made.
      return {
        // Debian alone says there which point release it is.
        version: os.ID === 'debian' && /^\d+\.\d/.test(debianVersion) ? debianVersion : os.VERSION_ID,
        release: release ?? (pretty?.includes('/') ? pretty.split('/')[0] : undefined),
        minor: /^\d+\.(\d+)/.exec(debianVersion)?.[1],
      }
    case 'devuan':
      return { version: os.VERSION_ID, release: release ?? pretty }
    case 'cumulus-linux':
      return { version: os.VERSION_ID, release: os.VERSION }
    case 'steamos':
      return { version: lsb.DISTRIB_RELEASE ?? os.VERSION_ID, release }
    default:
      return { version: os.VERSION_ID, release }
  }
}
