# Made by dseconf for cluster lab.
# Edit the layers, not this file: a change made here is overwritten.
# shellcheck shell=bash
#
# Source this in a shell of a tarball install: it puts the dse commands on the PATH.

dse_install=$(cd "$(dirname "${BASH_SOURCE[0]:-$0}")/.." && pwd)
export PATH="$PATH:$dse_install/bin"
unset dse_install
