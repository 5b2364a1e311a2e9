#!/usr/bin/env bash
# Remakes functions/analytics/assets/vendor: the documentation's scripts and styles, from the npm packages that are named
# and pinned here, packed for embedding. Run it after changing a version, with the new package's integrity
# (`npm view PACKAGE@VERSION dist.integrity`), and change the version in functions/analytics/src/assets.rs too. Browsers
# keep a file for a year under the address that names its version, so other bytes need another folder's name.
#
# Needs node and npm, openssl, gzip and tar. The same packages give the same bytes.
set -euo pipefail

swagger_ui=5.35.0
swagger_ui_integrity=sha512-U06rpMtW9V3XPGOBeamTUSr0Z09jMX4IJuANpE/EZbAhw0G8CgwrzU4YmXkn/h0wCDNsXdGarTNNHC3sU8yVUQ==
redoc=2.5.4
redoc_integrity=sha512-M6jWhG1qoBnH6TFmzJnstyCZ87HmOY/UzDm78mHiYihEdlV/YcS9ogOo1NlElnJMeLsyxHFe2yFc4sNjHTrABQ==

vendor=$(cd "$(dirname "$0")/../functions/analytics/assets" && pwd)/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# unpack PACKAGE VERSION INTEGRITY: leaves the checked package in $work/PACKAGE.
unpack() {
    (cd "$work" && npm pack --silent "$1@$2" >/dev/null)
    local found
    found=sha512-$(openssl dgst -sha512 -binary "$work/$1-$2.tgz" | openssl base64 -A)
    if [ "$found" != "$3" ]; then
        echo "$1 $2 is not the package that was checked: $found" >&2
        exit 1
    fi
    mkdir "$work/$1"
    tar -xzf "$work/$1-$2.tgz" -C "$work/$1" --strip-components=1
}

# pack FILE TARGET: the file without the name of its source map, which is not served, in gzip without name and time. The
# name ends the file; the same words stand in strings before, which are left alone.
pack() {
    sed -i -e '$ s|//# sourceMappingURL=[A-Za-z0-9._-]*$||' -e '$ s|/\*# sourceMappingURL=[A-Za-z0-9._-]*\*/$||' "$1"
    case $1 in *.js) node --check "$1" ;; esac
    gzip -9 -n -c "$1" >"$2"
}

unpack swagger-ui-dist "$swagger_ui" "$swagger_ui_integrity"
unpack redoc "$redoc" "$redoc_integrity"

rm -rf "$vendor"
to=$vendor/swagger-ui-$swagger_ui
mkdir -p "$to"
pack "$work/swagger-ui-dist/swagger-ui-bundle.js" "$to/swagger-ui-bundle.js.gz"
pack "$work/swagger-ui-dist/swagger-ui.css" "$to/swagger-ui.css.gz"
cp "$work/swagger-ui-dist/LICENSE" "$work/swagger-ui-dist/NOTICE" "$to/"
cp "$work/swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt" "$to/"

to=$vendor/redoc-$redoc
mkdir -p "$to"
# ReDoc shows its maker's logo from the maker's host and hides it where that fails. An empty data URL fails without a request.
sed -i 's|https://cdn\.redoc\.ly/redoc/logo-mini\.svg|data:,|' "$work/redoc/bundles/redoc.standalone.js"
pack "$work/redoc/bundles/redoc.standalone.js" "$to/redoc.standalone.js.gz"
cp "$work/redoc/LICENSE" "$to/"
cp "$work/redoc/bundles/redoc.standalone.js.LICENSE.txt" "$to/"

du -b -a "$vendor" | sort -k2
