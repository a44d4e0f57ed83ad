#!/bin/bash
# Installs the .deb in a fresh Debian 12 without Python, uses it as an ordinary person would, and removes it again.
#
#   installers/linux/verify.sh evenstar_VERSION_amd64.deb [FOLDER_FOR_SCREENSHOT_AND_REPORT]
#
# Needs root, debootstrap, Xvfb and ImageMagick's import. Leaves nothing but the screenshot and the report.

set -eu -o pipefail
deb=$(realpath "$1")
out=$(realpath "${2:-.}")
mkdir -p "$out"
report=$out/verify.txt
: > "$report"
work=$(mktemp -d "${TMPDIR:-/tmp}/evenstar-verify.XXXXXX")
root=$work/root
package=$(dpkg-deb -f "$deb" Package)
xvfb=

clean_up() {
    status=$?
    set +e
    [ -n "$xvfb" ] && kill "$xvfb" 2>/dev/null
    for place in tmp/.X11-unix dev/shm dev/pts dev/urandom dev/null proc; do
        mountpoint -q "$root/$place" && umount "$root/$place"
    done
    if grep -q " $root" /proc/mounts; then
        echo "verify: still mounted below $root, not removed" >&2
    else
        rm -rf --one-file-system "$work"
    fi
    [ "$status" -eq 0 ] || echo "verify: failed" | tee -a "$report" >&2
    exit "$status"
}
trap clean_up EXIT

say() { printf '%s\n' "$*" | tee -a "$report"; }
timed() {  # what it is, command...
    local what=$1 begun
    shift
    begun=$(date +%s.%N)
    "$@" >> "$work/log" 2>&1 || { tail -30 "$work/log" >&2; echo "verify: $what did not work" >&2; exit 1; }
    say "$what: $(echo "$(date +%s.%N) - $begun" | bc | xargs printf '%.1f') s"
}
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/bin:/usr/sbin:/bin:/sbin HOME=/root LANG=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive "$@"; }
as_person() {  # command for the shell of an ordinary user
    chroot "$root" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/home/tester USER=tester LANG=C.UTF-8 \
        su tester -s /bin/sh -c "cd; $1"
}
everything() {  # all paths but those that apt and dpkg keep about any package, and the person's own
    (cd "$root" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./tmp -o -path ./home -o -path ./var/cache \
        -o -path ./var/log -o -path ./var/lib/apt -o -path ./var/lib/dpkg \) -prune -o -print | sort)
}

say "package: $package $(dpkg-deb -f "$deb" Version), $(stat -c %s "$deb") bytes, load $(cut -d' ' -f1-3 /proc/loadavg)"
# shellcheck disable=SC2016  # apt's own variable
mirror=$(apt-get indextargets --format '$(SITE)' 2>/dev/null | sort | uniq -c | sort -rn | awk 'NR==1{print $2}')
timed "fresh Debian 12" debootstrap --variant=minbase bookworm "$root" ${mirror:+"$mirror"}
mount -t proc proc "$root/proc"
mkdir -p "$root/dev/shm" "$root/tmp/.X11-unix"
mount -t tmpfs tmpfs "$root/dev/shm"
inside sh -c 'command -v python3 || command -v python' && { echo "verify: the chroot has Python" >&2; exit 1; }
cp /etc/resolv.conf "$root/etc/resolv.conf"
inside useradd --create-home tester
inside apt-get update -qq >> "$work/log" 2>&1
everything > "$work/before"
cp "$deb" "$root/tmp/evenstar.deb"

timed "installed with apt" inside apt-get install -y --no-install-recommends /tmp/evenstar.deb
rm "$root/tmp/evenstar.deb"
say "installed: $(du -sb "$root/usr/lib/evenstar" | cut -f1) bytes, packages that came along: $(grep -c '^Unpacking' "$work/log" || true)"
inside sh -c 'command -v python3' && { echo "verify: Python came along" >&2; exit 1; }

say "as an ordinary user, without a screen:"
timed "self-test" as_person 'evenstar --selftest > selftest.txt 2>&1 || { cat selftest.txt; false; }'
sed 's/^/    /' "$root/home/tester/selftest.txt" | tee -a "$report"
for start in first second third; do
    as_person 'QT_QPA_PLATFORM=offscreen evenstar --first-paint' 2>/dev/null | sed "s/^/    $start start: /" | tee -a "$report"
done
timed "evenstar doctor" as_person 'evenstar doctor > doctor.txt 2>&1'
film='/usr/lib/evenstar/_internal/resources/demo/clip.mp4'
timed "evenstar upscale of a second of the demo clip, x2" as_person "evenstar upscale $film -o film.mkv --scale 2 --range 0-24 --device cpu"
say "    film: $(stat -c %s "$root/home/tester/film.mkv") bytes"
timed "evenstar evaluate" as_person "evenstar evaluate --restored film.mkv --lq $film --html report.html"
timed "evenstar models list" as_person 'evenstar models list'

say "as an ordinary user, on a screen (Xvfb):"
display=97
while [ -e "/tmp/.X11-unix/X$display" ]; do display=$((display + 1)); done
Xvfb ":$display" -screen 0 1440x900x24 -ac -nolisten tcp > /dev/null 2>&1 &
xvfb=$!
for _ in $(seq 100); do [ -e "/tmp/.X11-unix/X$display" ] && break; sleep 0.1; done
mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
timed "self-test" as_person "DISPLAY=:$display QT_QPA_PLATFORM=xcb evenstar --selftest"
as_person "DISPLAY=:$display timeout 60 evenstar $film" > "$work/window" 2>&1 &
sleep 25
DISPLAY=":$display" import -window root "$out/verify.png"
say "    screenshot: verify.png, $(identify -format '%wx%h, %k colours' "$out/verify.png")"
wait %2 2>/dev/null || true
umount "$root/tmp/.X11-unix"

timed "removed" inside apt-get purge -y "$package"
timed "what came along removed" inside apt-get autoremove -y --purge
everything > "$work/after"
# Caches that any package's triggers write, and that no package owns.
if left=$(comm -13 "$work/before" "$work/after" | grep -v -E '^\./(etc/ld\.so\.cache|var/lib/(systemd|ucf|dbus|xml-core).*|etc/(fonts|dbus-1|X11|xdg|glvnd|drirc|ucf).*|run.*|etc/machine-id)$'); then
    say "left behind:"
    printf '%s\n' "$left" | head -20 | tee -a "$report"
    exit 1
fi
owned=$(comm -13 "$work/before" "$work/after" | wc -l)
find "$root" -xdev -not -path "$root/home/*" -iname '*evenstar*' -not -path '*/dpkg/*' -not -path '*/apt/*' | grep . && exit 1
say "nothing left behind ($owned files of other packages' configuration stay)"
say "verified"
