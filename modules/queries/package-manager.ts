/** Which package manager a host uses: Ansible's fact ansible_pkg_mgr. */
import type { Query, ShellText } from '../../engine/remote/remote.js'

/** POSIX sh that prints the name. The first that is there wins, as on mixed hosts the system's own is looked for first. */
export const findPackageManager = `pkg_mgr() {
  if [ -e /run/ostree-booted ]; then echo atomic_container; return; fi
  if [ -e /etc/debian_version ] && [ -e /usr/bin/apt-get ]; then echo apt; return; fi
  if [ -e /etc/redhat-release ] || [ -e /etc/fedora-release ] || [ -e /etc/amazon-linux-release ]; then
    case $(readlink -f /usr/bin/dnf 2>/dev/null) in *dnf5) echo dnf5; return ;; esac
    [ ! -e /usr/bin/dnf ] || { echo dnf; return; }
    case $(readlink -f /usr/bin/microdnf 2>/dev/null) in *dnf5) echo dnf5; return ;; esac
    [ ! -e /usr/bin/yum ] || { echo yum; return; }
  fi
  while read -r path name; do
    [ ! -e "$path" ] || { echo "$name"; return; }
  done <<END
/usr/bin/zypper zypper
/sbin/apk apk
/usr/bin/apk apk
/usr/bin/pacman pacman
/usr/bin/apt-get apt
/usr/bin/dnf-3 dnf
/usr/bin/dnf dnf
/usr/bin/dnf5 dnf5
/usr/bin/yum yum
/usr/bin/emerge portage
/usr/bin/xbps-install xbps
/usr/bin/swupd swupd
/usr/sbin/sorcery sorcery
/usr/bin/installp installp
/QOpenSys/pkgs/bin/yum yum
/usr/local/sbin/pkg pkgng
/usr/sbin/pkg pkgng
/usr/sbin/pkg_add openbsd_pkg
/opt/local/bin/pkgin pkgin
/opt/homebrew/bin/brew homebrew
/usr/local/bin/brew homebrew
/opt/local/bin/port macports
/opt/tools/bin/pkgin pkgin
/bin/opkg opkg
/usr/bin/opkg opkg
END
  echo unknown
}
`

export const packageManager: Query<string> = {
  command: `${findPackageManager}pkg_mgr` as ShellText,
  parse: stdout => stdout.trim() || 'unknown',
}
