#!/bin/bash
# What can be said about the installers without building or starting them; a tool that is missing is named, not passed over.
#
#   installers/check.sh [PACKAGE.deb ...]

set -eu -o pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

check() {  # tool, what it looks at, command...
    local tool=$1 what=$2
    shift 2
    if ! command -v "$tool" > /dev/null; then
        echo "not checked: $what ($tool is not installed)"
    elif "$@" > "$work/log" 2>&1; then
        echo "good: $what"
    else
        echo "bad: $what"
        cat "$work/log"
        failed=1
    fi
}

python=${PYTHON:-python3}
export QT_QPA_PLATFORM=offscreen
"$python" -m installers.samples "$work"
check desktop-file-validate "desktop entry" desktop-file-validate "$work/share/applications/evenstar.desktop"
check appstreamcli "AppStream data" appstreamcli validate --no-net --pedantic "$work"/share/metainfo/*.xml
check man "manual page" bash -c "man --warnings=w -l '$work/evenstar.1' 2>&1 > /dev/null | { ! grep .; }"
check makensis "Windows' installer" bash -c "$(cat "$work/nsis-command")"
check plutil "entitlements" plutil -lint installers/macos/entitlements.plist
check actionlint "workflow" actionlint .github/workflows/installers.yml
check shellcheck "scripts" shellcheck installers/check.sh installers/linux/verify.sh
for deb in "$@"; do
    check lintian "$(basename "$deb")" lintian --fail-on error,warning "$deb"
done
exit $failed
