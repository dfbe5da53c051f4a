#!/bin/sh
# PID 1 of a throw-away system: an overlay of this one, with its own processes, mounts and control groups, becomes systemd.
# Arguments: an empty folder; the program to install as /opt/followup-agent; the packages it needs; a Python whose folder
# system services cannot see (or "-"), which is shown as /opt/python.
set -eu
lab=$1 program=$2 packages=$3 python=$4
mount -t tmpfs -o size=512m,mode=755 tmpfs "$lab"
mkdir "$lab/up" "$lab/work" "$lab/root"
root=$lab/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$lab/up,workdir=$lab/work" "$root"

rm -rf "$root/opt/followup-agent" "$root/opt/python"
mkdir -p "$root/opt/python"
cp -r "$program" "$root/opt/followup-agent"
chmod -R u=rwX,go=rX "$root/opt/followup-agent"
mkdir "$root/opt/followup-agent/packages"
mount --bind "$packages" "$root/opt/followup-agent/packages"
if [ "$python" != - ]; then
    mount --bind "$python" "$root/opt/python"
    # its library is looked for where it was built, which is shut; then among the system's, which may have one of that name
    for library in "$python"/lib/libpython3*.so*; do
        [ -e "$library" ] || continue
        cp "$library" "$root/usr/lib/"
        for other in "$root"/usr/lib/*/"${library##*/}"; do [ ! -e "$other" ] || cp "$library" "$other"; done
    done
fi

mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null zero full random urandom tty; do
    touch "$root/dev/$node"
    mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"

units=$root/etc/systemd/system
rm -rf "$units"/*.wants "$units"/*.requires "$units"/followup-agent* "$root/etc/followup-agent"
for unit in systemd-udevd.service systemd-udev-trigger.service systemd-udevd-kernel.socket systemd-udevd-control.socket \
    systemd-sysctl.service systemd-modules-load.service systemd-timesyncd.service systemd-networkd.service \
    systemd-networkd.socket systemd-resolved.service systemd-logind.service systemd-binfmt.service \
    systemd-random-seed.service systemd-pcrphase-sysinit.service systemd-firstboot.service systemd-machine-id-commit.service \
    proc-sys-fs-binfmt_misc.automount dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
    sys-kernel-config.mount sys-fs-fuse-connections.mount getty.target network-online.target; do
    ln -sf /dev/null "$units/$unit"
done
printf '[Unit]\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n' >"$units/lab.target"
: >"$root/etc/fstab"
echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
mkdir -p "$root/etc/systemd/journald.conf.d"
printf '[Journal]\nStorage=volatile\nRateLimitIntervalSec=0\nForwardToConsole=no\n' >"$root/etc/systemd/journald.conf.d/lab.conf"

mkdir "$root/run/before"
cd "$root"
pivot_root . run/before
umount -l /run/before
mount --make-rshared / # else credentials are mounted where a service cannot see them
for init in /lib/systemd/systemd /usr/lib/systemd/systemd; do
    [ -x "$init" ] && exec env -i container=lab PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
        "$init" --system --unit=lab.target --log-target=journal
done
exit 1
