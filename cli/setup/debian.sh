#!/bin/sh
# Installs packages by apt-get on Debian and Ubuntu. Run as root: sh debian.sh PACKAGE...
set -eu
export DEBIAN_FRONTEND=noninteractive

policy=/usr/sbin/policy-rc.d
undo=
trap 'test -z "$undo" || rm -f "$undo"' EXIT
trap 'exit 1' INT TERM HUP

# Debian's Caddy starts a service of its own on port 80. Ours runs with the portal, so that one is
# kept from starting, unless this machine had it before.
own_caddy=
case " $* " in
*" caddy "*)
	if ! dpkg-query --show --showformat='${Status}' caddy 2>/dev/null | grep -q 'ok installed' &&
		! test -e /etc/systemd/system/caddy.service; then
		own_caddy=yes
	fi
	;;
esac
if test -n "$own_caddy" && ! test -e "$policy"; then
	undo=$policy
	cat >"$policy" <<'POLICY'
#!/bin/sh
for word; do
	case $word in caddy | caddy.service | caddy-api | caddy-api.service) exit 101 ;; esac
done
exit 0
POLICY
	chmod 755 "$policy"
fi

get() {
	apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"
}
# The lists of a fresh machine are empty, and those of an old one name files that are gone.
get "$@" || {
	apt-get update -q
	get "$@"
}

if test -n "$own_caddy" && command -v systemctl >/dev/null; then
	systemctl disable caddy.service || true
	if test -d /run/systemd/system; then
		systemctl stop caddy.service || true
	fi
fi
