#!/usr/bin/env bash
# Sets up what is missing for building, running or testing: scripts/setup.sh NEED...
# where NEED is `rust`, `lints`, `c-compiler`, `postgres`, `browser`, `turn`, `node`, `test-python`, `docs-python`, `test-node`, `tmux` or `asterisk`. Says what it installs and why; installs with apt-get where
# that is the system's package manager, as root or through sudo, and else says what to install. Needs no network when nothing is
# missing.
set -eu
cd "$(dirname "$0")/.."

say() { echo "setup: $*" >&2; }

# missing WHAT WHY PACKAGE...: installs the system's packages, or explains and fails.
missing() {
    local what=$1 why=$2 as_root=()
    shift 2
    say "$what is missing. It is needed $why."
    if [ "$(id -u)" != 0 ]; then as_root=(sudo); fi
    if ! command -v apt-get >/dev/null || ! command -v "${as_root[0]:-apt-get}" >/dev/null; then
        say "Please install it with your system's package manager (on Debian and Ubuntu: $*), then run this again."
        exit 1
    fi
    say "installing with apt-get: $*"
    local install=(${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -y -q)
    # The list of packages may be too old, or not there at all.
    "${install[@]}" install --no-install-recommends "$@" >&2 ||
        { "${install[@]}" update >&2 && "${install[@]}" install --no-install-recommends "$@" >&2; }
}

# The Python libraries are kept in the user's cache folder, apart from the system's.
make_test_python() {
    local folder=${XDG_CACHE_HOME:-$HOME/.cache}/tollgate/test-python
    say "A mail server, playwright, python-socketio, schemathesis, standardwebhooks, twilio, icalendar, prometheus-client, factur-x, saxonche and sepaxml are missing. They are needed for the tests of mail, pages, phones, API, webhooks, Twilio, calendars, metrics, electronic invoices and files for banks. Making them in $folder"
    python3 -c 'import ensurepip, venv' 2>/dev/null ||
        missing "Python's venv" "to install the mail server, playwright, python-socketio, schemathesis, standardwebhooks, twilio, icalendar, prometheus-client, factur-x, saxonche and sepaxml" python3 python3-venv
    rm -rf "$folder"
    python3 -m venv "$folder" && "$folder/bin/python" -m pip install --quiet aiohttp==3.14.5 aiosmtpd==1.4.6 playwright==1.65.2 \
        python-engineio==4.15.1 python-socketio==5.18.1 schemathesis==4.32.5 standardwebhooks==1.1.0 twilio==9.13.0 icalendar==7.3.0 \
        prometheus-client==0.26.0 factur-x==7.8 saxonche==13.1.1 sepaxml==2.7.0 >&2
}

# So is what makes the documents a site.
make_docs_python() {
    local folder=${XDG_CACHE_HOME:-$HOME/.cache}/tollgate/docs-python
    say "mkdocs is missing. It is needed to make the documents a site. Making it in $folder"
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing "Python's venv" "to install mkdocs" python3 python3-venv
    rm -rf "$folder"
    python3 -m venv "$folder" && "$folder/bin/python" -m pip install --quiet mkdocs==1.6.1 mkdocs-material==9.8.1 >&2
}

# So are those of Node.
make_test_node() {
    local folder=${XDG_CACHE_HOME:-$HOME/.cache}/tollgate/test-node
    say "socket.io-client, stripe and twilio are missing. They are needed for the tests of phones, of Stripe and of Twilio. Making them in $folder"
    command -v npm >/dev/null || missing "npm" "to install and run socket.io-client, stripe and twilio" nodejs npm
    rm -rf "$folder"
    mkdir -p "$folder"
    cp crates/tollgate/tests/node/package.json crates/tollgate/tests/node/package-lock.json "$folder"
    npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error >&2
}

# A Node that is new enough, where the system's is not.
make_node() {
    local folder=${XDG_CACHE_HOME:-$HOME/.cache}/tollgate/node
    say "Node 20.19 or newer is missing. It is needed to build the web app. Putting one into $folder"
    command -v npm >/dev/null || missing "npm" "to install Node and what the web app is made of" nodejs npm
    scripts/find-node.sh >/dev/null && return
    rm -rf "$folder"
    mkdir -p "$folder"
    npm install --prefix "$folder" --no-audit --no-fund --loglevel=error node@22 >&2
}

# A real Asterisk and phones for it, unpacked from Debian's packages into the user's cache folder; nothing is installed. Where those cannot be
# had the tests that need it are skipped, each by name, and the others run.
fetch_asterisk() {
    local script status=0
    for script in scripts/asterisk/fetch.sh scripts/asterisk/sip/fetch-sip.sh; do
        "$script" >&2 || status=$?
        if [ $status = 3 ]; then
            say "ASTERISK IS MISSING, and Debian's packages of it cannot be had here (see above). Tests that need a real Asterisk are skipped."
            return
        fi
        [ $status = 0 ] || exit $status
    done
}

for need in "$@"; do
    case $need in
    rust)
        if ! command -v cargo >/dev/null; then
            say "Rust is missing. It is needed to build Tollgate: install it from https://rustup.rs, then run this again."
            exit 1
        fi
        ;;
    lints)
        if ! cargo fmt --version >/dev/null 2>&1 || ! cargo clippy --version >/dev/null 2>&1; then
            say "rustfmt or clippy is missing. They are needed to check the format and the lints."
            if ! command -v rustup >/dev/null || ! rustup component add rustfmt clippy >&2; then
                say "Please install rustfmt and clippy for $(cargo --version), then run this again."
                exit 1
            fi
        fi
        ;;
    c-compiler)
        command -v cc >/dev/null ||
            missing "A C compiler" "to link programs and to build the embedded SQLite" gcc libc6-dev
        ;;
    postgres)
        scripts/find-postgres.sh >/dev/null ||
            missing "A PostgreSQL server" "for the tests and benchmarks, which start a private one of their own" postgresql
        ;;
    browser)
        scripts/find-browser.sh >/dev/null || missing "A browser" "for the tests of the pages" chromium
        ;;
    tmux)
        command -v tmux >/dev/null || missing "tmux" "for the tests of the terminal phone, as its terminal" tmux
        ;;
    asterisk)
        fetch_asterisk
        ;;
    turn)
        command -v turnserver >/dev/null ||
            missing "A relay for voices" "for the tests, which start private ones; its package may start one of the system's, too, which they do not use" coturn
        ;;
    node)
        scripts/find-node.sh >/dev/null || make_node
        ;;
    test-python)
        scripts/test-python.sh >/dev/null || make_test_python
        ;;
    docs-python)
        scripts/docs-python.sh >/dev/null || make_docs_python
        ;;
    test-node)
        scripts/test-node.sh >/dev/null || make_test_node
        ;;
    *)
        say "\"$need\" is not known here"
        exit 2
        ;;
    esac
done
