#!/bin/bash
# A place where a container engine works and of which nothing stays: mounts, processes and network of its own. Says `up`
# when it is, and stands for at most half an hour.
#
# usage: unshare --mount --pid --net --fork --kill-child --mount-proc boot-engine.sh RELEASE
#   RELEASE  a folder that is empty here and is in memory
set -eu
mount --make-rprivate /
mount -t tmpfs -o size=512m,mode=0755 tmpfs "$1"
# What the engine keeps outside of its own folder.
for place in containers crun libpod netns; do
  mkdir -p "/run/$place"
  mount -t tmpfs -o mode=0755 tmpfs "/run/$place"
done
# Control groups of both versions at once are not known to crun.
if mountpoint --quiet /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi
ip link set lo up
echo up
exec sleep 1800
