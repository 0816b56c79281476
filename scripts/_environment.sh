# Sets up the virtual environment of a checkout. Sourced by the scripts beside it, which define
# `root`, the folder of the checkout. POSIX sh. Notes go to stderr: stdout belongs to results.
# Exit codes are those of the command line: 2 something is missing here, 8 the network.

venv=${CLUSTER_ENGINE_VENV:-$root/.venv}
case $venv in /*) ;; *) venv=$PWD/$venv ;; esac
# How pip words that it cannot reach an index.
network_faults='connection broken|connection error|connectionerror|name resolution|to resolve'
network_faults="$network_faults|timed out|proxyerror|sslerror|unreachable|max retries"

note() {
    printf '%s\n' "$*" >&2
}

fail() {
    note "${0##*/}: $*"
    exit "${exit_code:-2}"
}

# Print "3.12 ok", "3.12 no-venv" or, for something that is no Python, nothing.
describe_python() {
    "$1" -c '
import sys
try:
    import ensurepip, venv
    state = "ok"
except ImportError:
    state = "no-venv"
print("%d.%d %s" % (sys.version_info[0], sys.version_info[1], state))
' 2>/dev/null || true
}

# Set `python` to the first suitable interpreter, or say what is missing and stop.
find_python() {
    seen=
    without_venv=
    for python in ${PYTHON:+"$PYTHON"} python3.13 python3.12 python3.11 python3 python; do
        description=$(describe_python "$python")
        case $description in
            '3.11 ok' | '3.12 ok' | '3.13 ok') return ;;
            '3.11 no-venv' | '3.12 no-venv' | '3.13 no-venv')
                without_venv=${without_venv:-${description%% *}} ;;
        esac
        [ -z "$description" ] || seen="$seen${seen:+,} $python (${description%% *})"
        # An interpreter that was asked for by name is not silently replaced by another.
        [ -z "${PYTHON:-}" ] || break
    done
    if [ -n "$without_venv" ]; then
        fail "Python $without_venv lacks the module 'venv' or 'ensurepip'." \
            "On Debian or Ubuntu: sudo apt install python$without_venv-venv"
    fi
    if [ -n "${PYTHON:-}" ]; then
        found=${description:+Python ${description%% *}}
        fail "PYTHON must name a Python 3.11, 3.12 or 3.13." \
            "Got '$PYTHON', which is ${found:-no Python}."
    fi
    fail "needs Python 3.11, 3.12 or 3.13. Found:${seen:- none}." \
        "Install one from https://www.python.org/downloads/, or name one: PYTHON=/path/to/python3.12"
}

# Run pip in the environment; on failure show the end of what it said and stop.
run_pip() {
    if "$venv/bin/python" -m pip --disable-pip-version-check "$@" >"$log" 2>&1; then
        return
    fi
    note "The end of what pip said:"
    grep -v '^Ignoring ' "$log" | tail -n 12 | sed 's/^/    /' >&2
    if grep -qiE "$network_faults" "$log"; then
        exit_code=8
        fail "could not reach the package index." \
            "Check the network (behind a proxy: set HTTPS_PROXY), then run the same command again."
    fi
    fail "pip could not install what is needed; its words stand above."
}

# What the environment depends on: when this text changes, it is brought up to date.
environment_key() {
    printf '%s\n' "$root"
    cat "$root/pyproject.toml" "$root/cluster_engine/__init__.py" "$1"
}

create_environment() {
    mine=$venv/.made-by-cluster-engine
    # After a move of the checkout, or when its Python is gone, an environment cannot be mended.
    # Only one that was made here is thrown away.
    if [ -e "$venv" ]; then
        usable=
        case $(describe_python "$venv/bin/python") in 3.1[123]' 'ok) usable=yes ;; esac
        if [ -f "$mine" ] && { [ -z "$usable" ] || [ "$(cat "$mine")" != "$venv" ]; }; then
            rm -rf "$venv"
        elif [ -z "$usable" ]; then
            fail "'$venv' exists but holds no Python 3.11, 3.12 or 3.13." \
                "Move it away, or name another folder: CLUSTER_ENGINE_VENV=/path/to/folder"
        elif "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
            return
        fi
    fi
    find_python
    note "Setting up $venv with Python ${description%% *}. This happens once and takes a minute or two."
    if [ ! -e "$venv" ]; then
        mkdir -p "$venv"
        printf '%s\n' "$venv" >"$mine"
    fi
    "$python" -m venv "$venv" >"$log" 2>&1 || {
        tail -n 12 "$log" >&2
        fail "'$python -m venv' failed; its words stand above."
    }
}

# prepare_environment NAME: bring the environment up to .ci/NAME.lock and the checkout.
# Returns at once when it already is.
prepare_environment() {
    lock=$root/.ci/$1.lock
    stamp=$venv/.$1-stamp
    if [ -x "$venv/bin/python" ] && [ -x "$venv/bin/cluster-engine" ] && [ -f "$stamp" ] &&
        environment_key "$lock" | cmp -s - "$stamp"; then
        return
    fi
    log=$(mktemp "${TMPDIR:-/tmp}/cluster-engine-setup.XXXXXX")
    trap 'rm -f "$log"' EXIT
    (
        # Settings for other purposes that would slow start-up or install somewhere else.
        unset PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH
        unset PIP_NO_COMPILE PIP_PREFIX PIP_TARGET PIP_USER
        create_environment
        note "Installing the packages of .ci/$1.lock …"
        # The lock names every package: no resolving, which some versions of pip get wrong for a
        # package that is asked for with an extra once a newer release is out.
        run_pip install --no-deps --require-hashes --only-binary :all: -r "$lock"
        run_pip install --no-deps --editable "$root"
        "$venv/bin/python" -m compileall -q "$root/cluster_engine" >/dev/null || true
    )
    environment_key "$lock" >"$stamp"
    # What tests need holds what users need, at the same versions.
    environment_key "$root/.ci/runtime.lock" >"$venv/.runtime-stamp"
    rm -f "$log"
    trap - EXIT
}

# find_program NAME...: the first of these programs that is there.
find_program() {
    for name; do
        command -v "$name" && return
    done
    return 1
}

# prepare_program PACKAGE NAME...: install a program that some tests drive, where it is missing and
# this machine lets us (Debian or Ubuntu, as root). Elsewhere those tests skip and say why.
prepare_program() {
    package=$1
    shift
    ! find_program "$@" >/dev/null || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        note "No $1 here: the tests that need it will skip. Install the package '$package' to run them."
        return 0
    fi
    note "Installing $package, which some tests drive …"
    log=$(mktemp "${TMPDIR:-/tmp}/cluster-engine-setup.XXXXXX")
    if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$package"; } >"$log" 2>&1 </dev/null; then
        tail -n 5 "$log" >&2
        note "Could not install $package: the tests that need it will skip."
    fi
    rm -f "$log"
}
