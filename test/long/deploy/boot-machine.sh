#!/bin/bash
# Boots this host's own systemd as the first process of a machine made of namespaces: the host's files under an overlay
# in memory, processes, network and control groups of its own. Nothing of the host changes, and everything is gone when
# the first process is.
#
# usage: unshare --mount --pid --net --fork --kill-child boot-machine.sh FOLDER CLONE NODE
#   FOLDER  an empty folder to build it in; its name names the control group
#   CLONE   seen as /opt/clone, read-only
#   NODE    the program that runs it, seen as /opt/node/bin/node
set -eu
folder=$1 clone=$2 node=$3
root=$folder/root

if [ "${PHASE:-}" != inside ]; then
  mount --make-rprivate /
  mount -t tmpfs -o size=1g,mode=0755 tmpfs "$folder"
  mkdir "$folder/cgroup" "$folder/upper" "$folder/work" "$root"
  # A control group of its own first, or systemd would take over the one we were started in.
  mount -t cgroup2 none "$folder/cgroup"
  mkdir "$folder/cgroup/$(basename "$folder")"
  echo $$ >"$folder/cgroup/$(basename "$folder")/cgroup.procs"
  export PHASE=inside
  exec unshare --cgroup --ipc --uts "$BASH" "$0" "$@"
fi

mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$root"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 none "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=0755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount --rbind /dev "$root/dev"

mkdir -p "$root/opt/clone" "$root/opt/node/bin"
mount --bind "$clone" "$root/opt/clone"
mount -o remount,bind,ro "$root/opt/clone"
touch "$root/opt/node/bin/node"
mount --bind "$node" "$root/opt/node/bin/node"

# Of what the host starts, nothing is started here; nor what sets up a real machine.
units=$root/etc/systemd/system
mkdir -p "$units"
rm -rf "$units"/*.wants "$units"/*.requires
: >"$root/etc/fstab"
for folder in sysinit.target.wants network-online.target.wants multi-user.target.wants; do
  for unit in "$root/lib/systemd/system/$folder"/*; do
    case $(basename "$unit") in
      systemd-journald.service | systemd-journal-flush.service | '*') ;;
      *) ln -sf /dev/null "$units/$(basename "$unit")" ;;
    esac
  done
done
for unit in timers.target remote-fs.target systemd-remount-fs.service systemd-networkd-wait-online.service; do
  ln -sf /dev/null "$units/$unit"
done
printf '[Unit]\nDescription=Nothing but a running systemd\nRequires=basic.target\nAfter=basic.target\n' >"$units/bare.target"
printf 'uninitialized\n' >"$root/etc/machine-id"
# No daemon of a package is kept from starting here.
rm -f "$root/usr/sbin/policy-rc.d"

cd "$root"
mkdir -p .host
pivot_root . .host
umount -l /.host
rmdir /.host
# As systemd does on a real machine: what it mounts is seen by its services.
mount --make-rshared /
exec env -i container=namespaces PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --unit=bare.target --show-status=no --log-target=journal
