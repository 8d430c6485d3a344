/** Which init system a host runs: Ansible's fact ansible_service_mgr. */
import type { Query, ShellText } from '../../engine/remote/remote.js'

/** POSIX sh that leaves the answer in $manager. */
export const findServiceManager = `comm=
[ ! -r /proc/1/comm ] || read -r comm </proc/1/comm
manager=
case $comm in
  procd) manager=openwrt_init ;;
  runit-init|runit) manager=runit ;;
  svscan) manager=svc ;;
  openrc-init) manager=openrc ;;
  init|COMMAND|'') link=$(readlink -f /sbin/init 2>/dev/null); [ "\${link##*/}" != systemd ] || manager=systemd ;;
  *sh) ;;
  *) manager=$comm ;;
esac
if [ -z "$manager" ]; then
  if command -v systemctl >/dev/null 2>&1 && { [ -d /run/systemd/system ] || [ -d /dev/.run/systemd ] || [ -d /dev/.systemd ]; }; then manager=systemd
  elif [ -e /sbin/initctl ] && [ -d /etc/init ]; then manager=upstart
  elif [ -e /sbin/openrc ]; then manager=openrc
  elif command -v systemctl >/dev/null 2>&1 && case $(readlink /sbin/init 2>/dev/null) in *systemd) true ;; *) false ;; esac; then manager=systemd
  elif [ -d /etc/init.d ]; then manager=sysvinit
  elif command -v dinitctl >/dev/null 2>&1; then manager=dinit
  else manager=service
  fi
fi
`

export const serviceManager: Query<string> = {
  command: `${findServiceManager}echo "$manager"` as ShellText,
  parse: stdout => stdout.trim() || 'service',
}
