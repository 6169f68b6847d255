# The Test Anything Protocol for shell tests: . tap.sh
tests=0 failures=0

pass() { tests=$((tests + 1)); echo "ok $tests - $1"; }
fail() {
	tests=$((tests + 1)) failures=$((failures + 1))
	echo "not ok $tests - $1"
	shift
	printf '%s\n' "$@" | sed 's/^/#   /'
}

# is DESCRIPTION WANTED FOUND
is() { if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "wanted: $2" "found:  $3"; fi; }

# has DESCRIPTION PART WHOLE
has() { case $3 in *"$2"*) pass "$1" ;; *) fail "$1" "wanted in it: $2" "found: $3" ;; esac; }

# lacks DESCRIPTION PART WHOLE
lacks() { case $3 in *"$2"*) fail "$1" "not wanted in it: $2" "found: $3" ;; *) pass "$1" ;; esac; }

# skip DESCRIPTION WHY
skip() { tests=$((tests + 1)); echo "ok $tests - $1 # SKIP $2"; }

# needs_root WHAT: ends the test as skipped where it is not root's.
needs_root() {
	[ "$(id -u)" -ne 0 ] || return 0
	echo "ok 1 - $1 # SKIP needs root"
	echo 1..1
	exit 0
}

tap_done() {
	echo "1..$tests"
	[ "$failures" -eq 0 ]
}
