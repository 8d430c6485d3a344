# Prints what a run can leave on a host, one `key<TAB>value` a line. Run as root, by sh, on a Linux host.
# Left out: what differs between any two hosts or by the time of day (logs, caches, keys, ids, byte code, package lists).
# SINCE, the path of a file: contents only of what changed after it.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL

skip='
/proc /sys /dev /run /tmp/* /var/tmp/* /var/log/* /var/cache/* /var/lib/apt/* /var/lib/dpkg/*
/etc/machine-id /etc/ssh/ssh_host_* /etc/ld.so.cache /var/lib/systemd/* /root/.ansible* /home/*/.ansible*
/root/.understudy* /home/*/.understudy* /var/lib/mysql/* /var/lib/postgresql/*/*/* /etc/ssl/private/*.key /etc/ssl/certs/ssl-cert-snakeoil.pem
/etc/.pwd.lock /root/.cache /etc/*- /var/lib/varnish/* /var/lib/private/* /var/lib/logrotate/* /boot/grub/grubenv /etc/hostname /etc/hosts
*/__pycache__ /var/lib/aide/* /var/lib/fail2ban/* /var/lib/redis/* /etc/shadow /etc/passwd /etc/group /etc/gshadow /etc/subuid /etc/subgid /var/spool/* /etc/mailname /var/backups/* /root/.viminfo /var/lib/*/.ansible* /var/lib/samba/private/*.tdb
'
prune() {
  set -f
  first=1
  for path in $skip; do
    [ "$first" ] || printf ' -o '
    first=
    printf -- "-path '%s'" "$path"
  done
  set +f
}

eval "find / -xdev \\( $(prune) \\) -prune -o -printf 'file %p\\t%y %m %u:%g %l\\n'" | grep -v 'ssl-cert-snakeoil.pem$'
eval "find / -xdev \\( $(prune) \\) -prune -o -type f ${SINCE:+-cnewer $SINCE} -print0" | xargs -0r sha1sum |
  sed 's/^\([^ ]*\)  \(.*\)$/sha1 \2\t\1/'

command -v getfacl >/dev/null && getfacl -Rsp /srv /home 2>/dev/null | awk '/^# file: / { f = substr($0, 9) } /^[^#]/ { print "acl " f " " $0 "\tyes" }'
command -v getcap >/dev/null && getcap -r /srv /usr/local 2>/dev/null | sed 's/^\([^ ]*\) \(.*\)/capability \1\t\2/'
if command -v dpkg-query >/dev/null; then
  dpkg-query -W -f 'package ${Package}\t${Version} ${db:Status-Abbrev}\n'
  apt-mark showmanual | sed 's/.*/manual &\tyes/'
  command -v debconf-show >/dev/null && debconf-show --listowners | sort | sed 's/.*/debconf &\tyes/'
elif command -v rpm >/dev/null; then
  rpm -qa --qf 'package %{NAME}\t%{VERSION}-%{RELEASE}\n'
fi
if command -v systemctl >/dev/null; then
  systemctl list-unit-files --no-legend --plain | awk '$1 !~ /^session-/ { print "unit " $1 "\t" $2 }'
  systemctl list-units --all --no-legend --plain --type=service,socket,timer,mount |
    awk '$1 !~ /^(user@|session-|ssh@|run-user|systemd-tmpfiles|systemd-hostnamed|systemd-timedated|systemd-localed|apt-daily|logrotate|man-db|dpkg-db|e2scrub|fstrim|phpsessionclean|proc-)/ {
      print "state " $1 "\t" $2 " " $3 }'
fi
sed 's/^\([^:]*\):\(.*\)/user \1\t\2/' /etc/passwd
sed 's/^\([^:]*\):\(.*\)/group \1\t\2/' /etc/group
sed 's/^\([^:]*\):\(.*\)/gshadow \1\t\2/' /etc/gshadow
# Hashes have random salts; their kind and the ageing fields do not.
sed 's/^\([^:]*\):\(\$[^$]*\$\)[^:]*:/\1:\2…:/; s/^\([^:]*\):\(.*\)/shadow \1\t\2/' /etc/shadow
for file in /var/spool/cron/crontabs/* /var/spool/cron/*; do
  [ -f "$file" ] && grep -v '^# (\|^# DO NOT' "$file" | awk -v f="$file" '{ print "cron " f ":" NR "\t" $0 }'
done
[ -d /proc/sys/net ] && sysctl -a 2>/dev/null |
  grep -Ev '^(fs\.(dentry|inode|file-nr|quota)|kernel\.(random|ns_last|pty\.nr|tainted|hostname)|net\.netfilter\.nf_conntrack_count|.*\.(stable_secret|tcp_fastopen_key|nf_conntrack_.*))' |
  grep '^net\.ipv[46]\.\(conf\.\(all\|default\)\|tcp\|ip\|icmp\)' | sed 's/^\([^ ]*\) = /sysctl \1\t/'
command -v iptables-save >/dev/null && iptables-save 2>/dev/null | grep -v '^#' | sed 's/\[[0-9]*:[0-9]*\]//' | awk '{ print "iptables " NR "\t" $0 }'
awk '$2 !~ /^\/(proc|sys|dev|run)/ { print "mount " $2 "\t" $3 " " $4 }' /proc/mounts | sed 's/lowerdir=.*//'
sql=$(command -v mariadb || command -v mysql)
if [ "$sql" ] && "$sql" -N -e 'select 1' >/dev/null 2>&1; then
  "$sql" -N -e 'show databases' | sed 's/.*/mysql database &\tyes/'
  "$sql" -N -e "select concat('show grants for ', quote(user), '@', quote(host), ';') from mysql.user" | "$sql" -N |
    sed "s/BY PASSWORD '[^']*'/BY PASSWORD/" | awk '{ print "mysql grant " $0 "\tyes" }'
fi
if command -v psql >/dev/null && su postgres -s /bin/sh -c 'psql -Atc "select 1"' >/dev/null 2>&1; then
  su postgres -s /bin/sh -c "psql -At -F ' ' -c 'select datname, pg_get_userbyid(datdba), encoding, datcollate, datctype, datacl from pg_database'" |
    sed 's/^\([^ ]*\) /postgres database \1\t/'
  su postgres -s /bin/sh -c "psql -At -F ' ' -c 'select rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolconnlimit, rolvaliduntil from pg_roles'" |
    sed 's/^\([^ ]*\) /postgres role \1\t/'
fi
